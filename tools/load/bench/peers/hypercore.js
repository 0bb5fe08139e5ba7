// Measures hypercore, the append-only log of the peer-to-peer world: blocks of some bytes, each under a signed
// Merkle tree. One JSON object on standard output.
//
//   node hypercore.js append  DIRECTORY BYTES SECONDS   one after another, each awaited
//   node hypercore.js flush   DIRECTORY BYTES SECONDS   each awaited, then its storage written out and synced
//   node hypercore.js batches DIRECTORY BYTES ROWS BATCH
//
// append() resolves when the block is in the write-ahead log of the storage's RocksDB, which is not synced, and no
// option asks for it. What can be had is a flush of the column family that holds the blocks, which writes a table
// file and syncs it. (The storage's own flush() is of another column family and syncs nothing of them.)
const crypto = require('crypto')
const Hypercore = require('hypercore')
const Storage = require('hypercore-storage')

const [mode, directory, bytes, amount, batch] = process.argv.slice(2)

// Blocks that differ and do not compress, ready before the clock starts.
function blocks (count) {
  const noise = crypto.randomBytes(1 << 20)
  const size = Number(bytes)
  return Array.from({ length: count }, (_, i) => noise.subarray(i * 8191 % (noise.length - size), i * 8191 % (noise.length - size) + size))
}

const now = () => Number(process.hrtime.bigint()) / 1000

async function one (core, flush) {
  const ready = blocks(1000)
  const micros = []
  const end = now() + Number(amount) * 1e6
  const first = now()
  let from = first
  for (let i = 0; from < end; i++) {
    await core.append(ready[i % ready.length])
    if (flush) await flush()
    const to = now()
    micros.push(to - from)
    from = to
  }
  const seconds = (from - first) / 1e6
  micros.sort((a, b) => a - b)
  const at = part => Math.round(micros[Math.floor(part * (micros.length - 1))])
  return { clients: 1, writes: micros.length, seconds, per_second: micros.length / seconds, p50_us: at(0.5), p99_us: at(0.99) }
}

async function batches (core) {
  const rows = blocks(Number(amount))
  const size = Number(batch)
  const from = now()
  for (let i = 0; i < rows.length; i += size) await core.append(rows.slice(i, i + size))
  return { rows_per_second: rows.length / ((now() - from) / 1e6) }
}

async function main () {
  const storage = new Storage(directory)
  const core = new Hypercore(storage)
  await core.ready()
  const figures = mode === 'batches' ? await batches(core) : await one(core, mode === 'flush' && (() => storage.db.flush()))
  await core.close()
  console.log(JSON.stringify(figures))
}

main().catch(error => {
  console.error(error.stack)
  process.exit(1)
})
