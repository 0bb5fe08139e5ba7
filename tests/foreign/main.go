// foreign-verify checks a running ledger with none of its code: golang.org/x/mod/sumdb's note and
// tlog packages, which others wrote for another log. It accepts the checkpoint, the inclusion of
// every n-th entry and the consistency of pairs of sizes, and makes sure that each of them is
// refused after one flipped bit. With -rowproof, -pack, -logkeys, -export, -receipt or -cosigned it
// checks a file instead (rowproof.go, evidencepack.go, logkeys.go, export.go).
package main

import (
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var (
	base  = flag.String("url", "http://127.0.0.1:8080", "address of the service")
	vkey  = flag.String("vkey", "", "verifier key of the log")
	every = flag.Int64("every", 97, "check the inclusion of every n-th entry")
	pairs = flag.Int64("pairs", 20, "check this many pairs of sizes")

	rowProof = flag.String("rowproof", "", "check this row proof, and nothing else")
	pack     = flag.String("pack", "", "check this pack of evidence, a ZIP, and nothing else")
	logKeys  = flag.String("logkeys", "", "check this file of the log's keys, of which -vkey is one, and nothing else")
	export   = flag.String("export", "", "check this log export, and nothing else")
	receipt  = flag.String("receipt", "", "check this receipt, and nothing else")
	cosigned = flag.String("cosigned", "", "check this checkpoint, which -witness cosigned, and nothing else")
	witnessV = flag.String("witness", "", "verifier key of the witness that cosigned it")
	flips    = flag.Int("flips", 2000, "and that it is refused after one flipped bit, at this many places")
)

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, "foreign-verify: "+format+"\n", args...)
	os.Exit(1)
}

func get(path string) []byte {
	reply, err := http.Get(*base + path)
	if err != nil {
		fail("%v", err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != 200 {
		fail("GET %s: %d %v", path, reply.StatusCode, err)
	}
	return body
}

// openCheckpoint verifies the note and reads origin, size and root.
func openCheckpoint(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("not a root hash")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

// tilePath is the C2SP path of a tile; Go's own has the height in it.
func tilePath(n int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	return path
}

func partial(path string, width int) string {
	if width < 256 {
		return fmt.Sprintf("%s.p/%d", path, width)
	}
	return path
}

type tiles struct{}

func (tiles) Height() int { return 8 }
func (tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range wanted {
		out = append(out, get(partial(fmt.Sprintf("/log/tile/%d/%s", t.L, tilePath(t.N)), t.W)))
	}
	return out, nil
}
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// entries fetches the bundle that holds an entry, as far as the tree goes.
func entryOf(index, size int64) []byte {
	bundle := index / 256
	width := size - bundle*256
	if width > 256 {
		width = 256
	}
	data := get(partial("/log/tile/entries/"+tilePath(bundle), int(width)))
	for i := bundle * 256; ; i++ {
		length := int(binary.BigEndian.Uint16(data))
		if i == index {
			return data[2 : 2+length]
		}
		data = data[2+length:]
	}
}

func parseHashes(lines []string) []tlog.Hash {
	var out []tlog.Hash
	for _, line := range lines {
		if line == "" {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(data) != tlog.HashSize {
			fail("not a hash: %q", line)
		}
		var hash tlog.Hash
		copy(hash[:], data)
		out = append(out, hash)
	}
	return out
}

// servedProof is the service's own tlog-proof of an entry.
func servedProof(index int64, verifier note.Verifier) (tlog.Tree, []tlog.Hash) {
	text := string(get(fmt.Sprintf("/log/proof/%d", index)))
	split := strings.Index(text, "\n\n")
	lines := strings.Split(text[:split], "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" || lines[1] != fmt.Sprintf("index %d", index) {
		fail("entry %d: not its tlog-proof", index)
	}
	tree, err := openCheckpoint([]byte(text[split+2:]), verifier)
	if err != nil {
		fail("entry %d: the proof's checkpoint: %v", index, err)
	}
	return tree, parseHashes(lines[2:])
}

var rejected, expected int

func mustReject(what string, err error) {
	expected++
	if err == nil {
		fail("%s was accepted after one flipped bit", what)
	}
	rejected++
}

func main() {
	flag.Parse()
	verifier, err := note.NewVerifier(*vkey)
	if err != nil {
		fail("the verifier key: %v", err)
	}
	if *logKeys != "" {
		checkLogKeysFile(*logKeys, *vkey)
		return
	}
	if *export != "" {
		checkExportFile(*export, verifier, *witnessV)
		return
	}
	if *receipt != "" {
		checkReceiptFile(*receipt, verifier)
		return
	}
	if *cosigned != "" {
		checkCosignedFile(*cosigned, verifier, *witnessV)
		return
	}
	if *pack != "" {
		checkPackFile(*pack, verifier)
		return
	}
	if *rowProof != "" {
		checkRowProofFile(*rowProof, verifier)
		return
	}

	checkpoint := get("/log/checkpoint")
	tree, err := openCheckpoint(checkpoint, verifier)
	if err != nil {
		fail("the checkpoint: %v", err)
	}
	// Up to the end of the log's own line: what others signed beside it is passed over.
	blank := strings.LastIndex(string(checkpoint), "\n\n")
	end := blank + 2 + strings.Index(string(checkpoint[blank+2:]), "\n")
	for _, place := range []int{0, len(*vkey) / 4, end / 2, end - 8} {
		broken := append([]byte(nil), checkpoint...)
		broken[place] ^= 1
		_, err := openCheckpoint(broken, verifier)
		mustReject("the checkpoint", err)
	}

	reader := tlog.TileHashReader(tree, tiles{})
	inclusions := 0
	for index := int64(0); index < tree.N; index += *every {
		leaf := tlog.RecordHash(entryOf(index, tree.N))
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			fail("entry %d: %v", index, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
			fail("entry %d: %v", index, err)
		}
		served, path := servedProof(index, verifier)
		if err := tlog.CheckRecord(path, served.N, served.Hash, index, leaf); err != nil {
			fail("entry %d: the served proof: %v", index, err)
		}
		inclusions++
		flipped := leaf
		flipped[3] ^= 1
		mustReject("an entry", tlog.CheckRecord(path, served.N, served.Hash, index, flipped))
		if len(path) > 0 {
			broken := append([]tlog.Hash(nil), path...)
			broken[len(broken)/2][5] ^= 1
			mustReject("an inclusion proof", tlog.CheckRecord(broken, served.N, served.Hash, index, leaf))
		}
	}

	consistencies := 0
	for i := int64(0); i < *pairs; i++ {
		from := 1 + i*(tree.N-2) / *pairs
		to := tree.N - i*(tree.N-from-1)/(*pairs*2)
		fromRoot, err := tlog.TreeHash(from, reader)
		if err != nil {
			fail("size %d: %v", from, err)
		}
		toRoot, err := tlog.TreeHash(to, reader)
		if err != nil {
			fail("size %d: %v", to, err)
		}
		proof := parseHashes(strings.Split(string(get(fmt.Sprintf("/log/consistency?from=%d&to=%d", from, to))), "\n"))
		if err := tlog.CheckTree(proof, to, toRoot, from, fromRoot); err != nil {
			fail("sizes %d and %d: %v", from, to, err)
		}
		consistencies++
		if len(proof) > 0 {
			proof[len(proof)/2][7] ^= 1
			mustReject("a consistency proof", tlog.CheckTree(proof, to, toRoot, from, fromRoot))
		}
		fromRoot[1] ^= 1
		mustReject("a root", tlog.CheckTree(proof, to, toRoot, from, fromRoot))
	}
	fmt.Printf("tree of %d entries; accepted: checkpoint 1, inclusion %d, consistency %d; rejected after one flipped bit: %d of %d\n",
		tree.N, inclusions, consistencies, rejected, expected)
}
