// Packs of evidence as ZIPs, checked from the text of ledger/FORMAT.md alone, with Go's own reader of
// ZIP files.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"regexp"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	packFilesMax     = 10000
	packFileBytesMax = 128 << 20
	packBytesMax     = 256 << 20
)

var archiveName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$`)

func unzip(data []byte) (map[string][]byte, error) {
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if len(reader.File) > packFilesMax || reader.Comment != "" {
		return nil, fmt.Errorf("too many files, or a comment")
	}
	files := map[string][]byte{}
	total := uint64(0)
	accounted := uint64(22)
	for _, file := range reader.File {
		if len(file.Name) > 128 || !archiveName.MatchString(file.Name) {
			return nil, fmt.Errorf("a name that is none")
		}
		if file.Flags&1 != 0 || (file.Method != zip.Store && file.Method != zip.Deflate) {
			return nil, fmt.Errorf("%s: encrypted, or packed otherwise", file.Name)
		}
		total += file.UncompressedSize64
		if file.UncompressedSize64 > packFileBytesMax || total > packBytesMax {
			return nil, fmt.Errorf("too large")
		}
		accounted += 76 + 2*uint64(len(file.Name)) + file.CompressedSize64
		if _, twice := files[file.Name]; twice {
			return nil, fmt.Errorf("%s: twice", file.Name)
		}
		opened, err := file.Open()
		if err != nil {
			return nil, err
		}
		files[file.Name], err = io.ReadAll(io.LimitReader(opened, packFileBytesMax+1))
		opened.Close()
		if err != nil {
			return nil, err
		}
	}
	if accounted != uint64(len(data)) {
		return nil, fmt.Errorf("bytes of no file")
	}
	return files, nil
}

func hexDigest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// textOrNull reads a text, empty for null.
func (m members) textOrNull(name string) (string, error) {
	if isNull(m[name]) {
		return "", nil
	}
	return m.text(name)
}

// checkItems holds the items of an entry against its header's payload and returns the texts shown.
func checkItems(list json.RawMessage, header members) ([]string, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(list, &items); err != nil {
		return nil, err
	}
	var leaves []tlog.Hash
	var shown []string
	for _, raw := range items {
		item, err := object(raw)
		if err != nil {
			return nil, err
		}
		if _, withheld := item["leaf"]; withheld {
			text, err := item.text("leaf")
			if err != nil {
				return nil, err
			}
			leaf, err := hexHash(text)
			if err != nil {
				return nil, err
			}
			leaves = append(leaves, leaf)
			continue
		}
		text, err := item.text("item")
		if err != nil {
			return nil, err
		}
		salt64, err := item.text("salt")
		if err != nil {
			return nil, err
		}
		salt, err := base64.StdEncoding.Strict().DecodeString(salt64)
		if err != nil || len(salt) != 16 {
			return nil, fmt.Errorf("not a salt")
		}
		leaves = append(leaves, sha256.Sum256(bytes.Join([][]byte{{0}, salt, []byte(text)}, nil)))
		shown = append(shown, text)
	}
	payload, err := object(header["payload"], "count", "root")
	if err != nil {
		return nil, err
	}
	count, err := payload.number("count")
	if err != nil {
		return nil, err
	}
	root, err := payload.text("root")
	if err != nil {
		return nil, err
	}
	head := treeHead(leaves)
	if count != int64(len(leaves)) || root != hex.EncodeToString(head[:]) {
		return nil, fmt.Errorf("items that the header does not commit to")
	}
	return shown, nil
}

// treeHead is the root of the tree over these leaves, as section 1 defines it.
func treeHead(leaves []tlog.Hash) tlog.Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	return tlog.NodeHash(treeHead(leaves[:k]), treeHead(leaves[k:]))
}

// checkSignOff holds a signed note against the header of its entry.
func checkSignOff(text string, header members) error {
	data, err := object(header["data"])
	if err != nil {
		return err
	}
	signature, err := object(data["signature"])
	if err != nil {
		return err
	}
	key64, err := signature.text("public_key")
	if err != nil {
		return err
	}
	key, err := base64.StdEncoding.Strict().DecodeString(key64)
	if err != nil || len(key) != 32 {
		return fmt.Errorf("not a public key")
	}
	actor, err := object(header["actor"])
	if err != nil {
		return err
	}
	person, err := actor.text("person")
	if err != nil {
		return err
	}
	origin, err := header.text("origin")
	if err != nil {
		return err
	}
	name := origin + "/persons/" + person
	material := append([]byte{1}, key...)
	id := sha256.Sum256(append([]byte(name+"\n"), material...))
	vkey := fmt.Sprintf("%s+%08x+%s", name, binary.BigEndian.Uint32(id[:4]), base64.StdEncoding.EncodeToString(material))
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return fmt.Errorf("a sign-off: %v", err)
	}
	version, err := object(data["version"])
	if err != nil {
		return err
	}
	hash, err := version.text("hash")
	if err != nil {
		return err
	}
	campaign, err := header.text("campaign")
	if err != nil {
		return err
	}
	table, err := header.text("table")
	if err != nil {
		return err
	}
	lines := map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(opened.Text, "\n"), "\n") {
		if i == 0 {
			if line != "countersign sign-off v1" {
				return fmt.Errorf("not a sign-off")
			}
			continue
		}
		parts := strings.SplitN(line, ": ", 2)
		if _, twice := lines[parts[0]]; twice || len(parts) != 2 {
			return fmt.Errorf("a line of a sign-off that does not read")
		}
		lines[parts[0]] = parts[1]
	}
	if lines["ledger 台账"] != origin || lines["campaign 采集任务"] != campaign ||
		lines["version 版本"] != string(version["number"]) || lines["content SHA-256 内容"] != hash ||
		lines["rows 行数"] != string(version["rows"]) || !strings.HasPrefix(lines["table 数据表"], table+" / ") ||
		!strings.HasSuffix(lines["signed by 签署人"], " ("+person+")") {
		return fmt.Errorf("a sign-off that speaks of something else than its header")
	}
	return nil
}

// packVerdict is what checkEvidence found in evidence.json.
type packVerdict struct {
	entries    int
	tree       tlog.Tree
	signatures map[string]string // by file name
	pack       members
}

func namedIndices(list json.RawMessage, inner ...string) ([]int64, error) {
	var out []int64
	var all []members
	if err := json.Unmarshal(list, &all); err != nil {
		return nil, err
	}
	for _, one := range all {
		if len(inner) == 0 {
			index, err := one.number("index")
			if err != nil {
				return nil, err
			}
			out = append(out, index)
			continue
		}
		for _, name := range inner {
			more, err := namedIndices(one[name])
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	return out, nil
}

// namedEntries is every index that the pack names.
func namedEntries(pack members) ([]int64, error) {
	var named []int64
	add := func(list []int64, err error) error {
		named = append(named, list...)
		return err
	}
	var facts []struct {
		Entries []int64
		Charges []struct{ Entries []int64 }
	}
	if err := json.Unmarshal(pack["facts"], &facts); err != nil {
		return nil, err
	}
	for _, fact := range facts {
		named = append(named, fact.Entries...)
		for _, charge := range fact.Charges {
			named = append(named, charge.Entries...)
		}
	}
	if err := add(namedIndices(pack["facts"], "acts")); err != nil {
		return nil, err
	}
	if err := add(namedIndices(pack["deadlines"], "due_moves", "statements")); err != nil {
		return nil, err
	}
	if err := add(namedIndices(pack["history"])); err != nil {
		return nil, err
	}
	if err := add(namedIndices(pack["excuses"])); err != nil {
		return nil, err
	}
	var excuses []members
	if err := json.Unmarshal(pack["excuses"], &excuses); err != nil {
		return nil, err
	}
	for _, excuse := range excuses {
		if isNull(excuse["answer"]) {
			continue
		}
		answer, err := object(excuse["answer"])
		if err != nil {
			return nil, err
		}
		index, err := answer.number("index")
		if err != nil {
			return nil, err
		}
		named = append(named, index)
	}
	return named, nil
}

// namedKey is the person and key that an entry enrols, or that its sign-off is of; empty for other entries.
func namedKey(header members) (string, bool, error) {
	kind, err := header.text("type")
	if err != nil {
		return "", false, err
	}
	data, err := object(header["data"])
	if err != nil {
		return "", false, err
	}
	holder, of := data, data
	enrols := kind == "credential.set" || kind == "key.enrolled" || kind == "ledger.created"
	signs := kind == "table.submitted" || kind == "table.approved"
	if !enrols && !signs || kind == "credential.set" && string(data["enrols"]) == "false" {
		return "", false, nil
	}
	if signs || kind == "ledger.created" {
		if holder, err = object(header["actor"]); err != nil {
			return "", false, err
		}
	}
	if signs {
		if of, err = object(data["signature"]); err != nil {
			return "", false, err
		}
	}
	person, err := holder.text("person")
	if err != nil {
		return "", false, err
	}
	key, err := of.text("public_key")
	return person + " " + key, enrols, err
}

func checkEvidence(data []byte, verifier note.Verifier) (packVerdict, error) {
	verdict := packVerdict{signatures: map[string]string{}}
	pack, err := object(data)
	if err != nil {
		return verdict, err
	}
	verdict.pack = pack
	if format, err := pack.text("format"); err != nil || format != "countersign-pack-1" {
		return verdict, fmt.Errorf("not a pack")
	}
	if origin, err := pack.text("origin"); err != nil || origin != verifier.Name() {
		return verdict, fmt.Errorf("another origin")
	}
	checkpoint, err := pack.text("checkpoint")
	if err != nil {
		return verdict, err
	}
	verdict.tree, err = openCheckpoint([]byte(checkpoint), verifier)
	if err != nil {
		return verdict, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(pack["entries"], &list); err != nil {
		return verdict, err
	}
	held := map[int64]bool{}
	enrolled := map[string]int64{} // by person and key, the first entry that did
	signed := map[int64]string{}   // the same, by the entry of the sign-off
	for _, raw := range list {
		one, err := object(raw, "index", "header", "items", "proof")
		if err != nil {
			return verdict, err
		}
		index, header, err := provedEntry(one, checkpoint, verdict.tree)
		if err != nil {
			return verdict, err
		}
		if origin, err := header.text("origin"); err != nil || origin != verifier.Name() || held[index] {
			return verdict, fmt.Errorf("entry %d: of another log, or twice", index)
		}
		held[index] = true
		key, enrols, err := namedKey(header)
		if err != nil {
			return verdict, fmt.Errorf("entry %d: %v", index, err)
		}
		if first, known := enrolled[key]; enrols && (!known || index < first) {
			enrolled[key] = index
		}
		shown, err := checkItems(one["items"], header)
		if err != nil {
			return verdict, fmt.Errorf("entry %d: %v", index, err)
		}
		for _, text := range shown {
			item, err := object([]byte(text))
			if err != nil {
				return verdict, err
			}
			if kind, _ := item.text("kind"); kind != "sign_off" {
				continue
			}
			text, err := item.text("note")
			if err != nil {
				return verdict, err
			}
			if err := checkSignOff(text, header); err != nil {
				return verdict, fmt.Errorf("entry %d: %v", index, err)
			}
			verdict.signatures[fmt.Sprintf("signatures/%d.txt", index)] = text
			signed[index] = key
		}
		verdict.entries++
	}
	for index, key := range signed {
		if first, known := enrolled[key]; !known || first >= index {
			return verdict, fmt.Errorf("entry %d: no entry enrolled the key of its sign-off", index)
		}
	}
	named, err := namedEntries(pack)
	if err != nil {
		return verdict, err
	}
	for _, index := range named {
		if !held[index] {
			return verdict, fmt.Errorf("entry %d is named and not there", index)
		}
	}
	return verdict, nil
}

// checkPack returns the number of entries that the pack proves, and the names of its files.
func checkPack(data []byte, verifier note.Verifier, key string) (int, []string, error) {
	files, err := unzip(data)
	if err != nil {
		return 0, nil, err
	}
	signed, err := note.Open(files["manifest.note"], note.VerifierList(verifier))
	if err != nil {
		return 0, nil, fmt.Errorf("manifest.note: %v", err)
	}
	if signed.Text != "countersign-evidence-pack-1\norigin "+verifier.Name()+"\nmanifest "+hexDigest(files["manifest.json"])+"\n" {
		return 0, nil, fmt.Errorf("manifest.note is of another manifest")
	}
	manifest, err := object(files["manifest.json"], "basis", "channel", "checkpoint", "export_entry", "files", "format",
		"kind", "made_at", "made_by", "origin", "receiver", "subject", "verifier_key")
	if err != nil {
		return 0, nil, err
	}
	if format, err := manifest.text("format"); err != nil || format != "countersign-evidence-pack-1" {
		return 0, nil, fmt.Errorf("not a manifest")
	}
	origin, err := manifest.text("origin")
	if err != nil {
		return 0, nil, err
	}
	named, err := manifest.text("verifier_key")
	if err != nil || origin != verifier.Name() || named != key {
		return 0, nil, fmt.Errorf("another origin or verifier key")
	}
	var list []json.RawMessage
	if err := json.Unmarshal(manifest["files"], &list); err != nil {
		return 0, nil, err
	}
	var names []string
	for _, raw := range list {
		one, err := object(raw, "name", "bytes", "sha256")
		if err != nil {
			return 0, nil, err
		}
		name, err := one.text("name")
		if err != nil {
			return 0, nil, err
		}
		size, err := one.number("bytes")
		if err != nil {
			return 0, nil, err
		}
		digest, err := one.text("sha256")
		if err != nil {
			return 0, nil, err
		}
		content, there := files[name]
		if !there || name == "manifest.json" || name == "manifest.note" || size != int64(len(content)) || digest != hexDigest(content) {
			return 0, nil, fmt.Errorf("%s is missing or is another file", name)
		}
		if len(names) > 0 && name <= names[len(names)-1] {
			return 0, nil, fmt.Errorf("%s is out of order", name)
		}
		names = append(names, name)
	}
	if len(files) != len(names)+2 {
		return 0, nil, fmt.Errorf("a file that the manifest does not name")
	}
	// Sealed before the log replaced its key, it is signed with the key of then.
	if document, there := files["log-keys.json"]; there {
		evidence, err := object(files["evidence.json"])
		if err != nil {
			return 0, nil, err
		}
		own, err := evidence.text("verifier_key")
		if err != nil {
			return 0, nil, err
		}
		if verifier, err = keyFor(own, key, document); err != nil {
			return 0, nil, fmt.Errorf("log-keys.json: %v", err)
		}
	}
	verdict, err := checkEvidence(files["evidence.json"], verifier)
	if err != nil {
		return 0, nil, fmt.Errorf("evidence.json: %v", err)
	}
	head, err := object(manifest["checkpoint"], "size", "root")
	if err != nil {
		return 0, nil, err
	}
	size, err := head.number("size")
	if err != nil {
		return 0, nil, err
	}
	root, err := head.text("root")
	if err != nil || size != verdict.tree.N || root != hex.EncodeToString(verdict.tree.Hash[:]) {
		return 0, nil, fmt.Errorf("another checkpoint than the manifest says")
	}
	if tree, err := openCheckpoint(files["checkpoint.txt"], verifier); err != nil || tree != verdict.tree {
		return 0, nil, fmt.Errorf("checkpoint.txt: %v", err)
	}
	if err := checkStampedCheckpoints(files, verifier, key, verdict.tree); err != nil {
		return 0, nil, err
	}
	if err := checkSubject(manifest, verdict.pack); err != nil {
		return 0, nil, err
	}
	for name, text := range verdict.signatures {
		if string(files[name]) != text {
			return 0, nil, fmt.Errorf("%s is not what its entry holds", name)
		}
	}
	for _, name := range names {
		if _, held := verdict.signatures[name]; strings.HasPrefix(name, "signatures/") && !held {
			return 0, nil, fmt.Errorf("%s is in no entry", name)
		}
	}
	return verdict.entries, names, nil
}

// checkStampedCheckpoints makes sure that what time stamps are over is this log: the tokens themselves
// are for `openssl ts`.
func checkStampedCheckpoints(files map[string][]byte, verifier note.Verifier, key string, tree tlog.Tree) error {
	known := []note.Verifier{verifier}
	if document, there := files["log-keys.json"]; there {
		keys, err := checkLogKeys(document, key)
		if err != nil {
			return err
		}
		known = nil
		for _, one := range keys {
			known = append(known, one.verifier)
		}
	}
	for name, text := range files {
		if !strings.HasPrefix(name, "timestamps/") || !strings.HasSuffix(name, ".checkpoint") {
			continue
		}
		var stamped tlog.Tree
		err := fmt.Errorf("no key")
		for _, one := range known {
			if stamped, err = openCheckpoint(text, one); err == nil {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %v", name, err)
		}
		var path tlog.TreeProof
		for _, line := range strings.Split(strings.TrimSuffix(string(files[strings.TrimSuffix(name, ".checkpoint")+".consistency"]), "\n"), "\n") {
			if line == "" {
				continue
			}
			data, err := base64.StdEncoding.Strict().DecodeString(line)
			if err != nil || len(data) != tlog.HashSize {
				return fmt.Errorf("%s: not a hash in its consistency proof", name)
			}
			path = append(path, *(*tlog.Hash)(data))
		}
		small, large := stamped, tree
		if small.N > large.N {
			small, large = large, small
		}
		if small.N == large.N {
			if len(path) != 0 || small.Hash != large.Hash {
				return fmt.Errorf("%s: another tree of the same size", name)
			}
			continue
		}
		if err := tlog.CheckTree(path, large.N, large.Hash, small.N, small.Hash); err != nil {
			return fmt.Errorf("%s: %v", name, err)
		}
	}
	return nil
}

func checkSubject(manifest, pack members) error {
	subject, err := object(manifest["subject"], "campaign", "case", "department", "table")
	if err != nil {
		return err
	}
	kind, err := manifest.text("kind")
	if err != nil {
		return err
	}
	wanted := "department"
	table := json.RawMessage("null")
	if named, ok := pack["table"]; ok {
		wanted, table = "table", named
	}
	ofCase := json.RawMessage("null")
	if !isNull(pack["case"]) {
		one, err := object(pack["case"])
		if err != nil {
			return err
		}
		wanted, ofCase = "case", one["id"]
	}
	campaign, err := object(pack["campaign"])
	if err != nil {
		return err
	}
	department, err := object(pack["department"])
	if err != nil {
		return err
	}
	if kind != wanted || !bytes.Equal(subject["campaign"], campaign["id"]) ||
		!bytes.Equal(subject["department"], department["id"]) || !bytes.Equal(subject["case"], ofCase) ||
		!bytes.Equal(subject["table"], table) {
		return fmt.Errorf("about something else than the manifest says")
	}
	return nil
}

// rezip writes files as a ZIP again.
func rezip(files map[string][]byte) []byte {
	var out bytes.Buffer
	writer := zip.NewWriter(&out)
	for name, content := range files {
		header := &zip.FileHeader{Name: name, Method: zip.Store, CompressedSize64: uint64(len(content)),
			UncompressedSize64: uint64(len(content)), CRC32: crc32.ChecksumIEEE(content)}
		part, err := writer.CreateRaw(header)
		if err != nil {
			fail("%v", err)
		}
		part.Write(content)
	}
	writer.Close()
	return out.Bytes()
}

func checkPackFile(name string, verifier note.Verifier) {
	data, err := os.ReadFile(name)
	if err != nil {
		fail("%v", err)
	}
	entries, names, err := checkPack(data, verifier, *vkey)
	if err != nil {
		fail("the pack: %v", err)
	}
	files, _ := unzip(data)
	if _, _, err := checkPack(rezip(files), verifier, *vkey); err != nil {
		fail("the pack, written again: %v", err)
	}
	names = append(names, "manifest.json", "manifest.note")
	for i := 0; i < *flips; i++ {
		name := names[i%len(names)]
		content := files[name]
		if len(content) == 0 {
			continue
		}
		broken := map[string][]byte{}
		for each, bytes := range files {
			broken[each] = bytes
		}
		broken[name] = append([]byte(nil), content...)
		place := (i / len(names) * 7919) % len(content)
		broken[name][place] ^= 1 << (i % 8)
		_, _, err := checkPack(rezip(broken), verifier, *vkey)
		mustReject(fmt.Sprintf("the pack (%s, byte %d)", name, place), err)
	}
	fmt.Printf("pack of %d entries in %d files accepted; rejected after one flipped bit: %d of %d\n", entries, len(names), rejected, expected)
}
