// Log exports, receipts and cosigned checkpoints, checked from the text of ledger/FORMAT.md and of
// c2sp.org/tlog-cosignature alone. Of a log that never replaced its key; logkeys.go leads from one to
// the next.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileWidth = 256

// --- canonical JSON (RFC 8785) -----------------------------------------

func canonicalText(out *bytes.Buffer, text string) {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`}
	out.WriteByte('"')
	for _, c := range text {
		if escape, there := short[c]; there {
			out.WriteString(escape)
		} else if c < 0x20 {
			fmt.Fprintf(out, `\u%04x`, c)
		} else {
			out.WriteRune(c)
		}
	}
	out.WriteByte('"')
}

func before(a, b string) bool {
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := 0; i < len(x) && i < len(y); i++ {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return len(x) < len(y)
}

// canonicalNumber lays a number out as ECMAScript does.
func canonicalNumber(text string) (string, error) {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "", err
	}
	size := math.Abs(number)
	if number == 0 {
		return "0", nil
	}
	if size >= 1e-6 && size < 1e21 {
		return strconv.FormatFloat(number, 'f', -1, 64), nil
	}
	digits := strconv.FormatFloat(number, 'e', -1, 64)
	return strings.NewReplacer("e-0", "e-", "e+0", "e+").Replace(digits), nil
}

func canonicalValue(out *bytes.Buffer, value interface{}) error {
	switch v := value.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		out.WriteString(strconv.FormatBool(v))
	case string:
		canonicalText(out, v)
	case json.Number:
		number, err := canonicalNumber(string(v))
		if err != nil {
			return err
		}
		out.WriteString(number)
	case []interface{}:
		out.WriteByte('[')
		for i, one := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := canonicalValue(out, one); err != nil {
				return err
			}
		}
		out.WriteByte(']')
	case map[string]interface{}:
		var names []string
		for name := range v {
			names = append(names, name)
		}
		sort.Slice(names, func(i, j int) bool { return before(names[i], names[j]) })
		out.WriteByte('{')
		for i, name := range names {
			if i > 0 {
				out.WriteByte(',')
			}
			canonicalText(out, name)
			out.WriteByte(':')
			if err := canonicalValue(out, v[name]); err != nil {
				return err
			}
		}
		out.WriteByte('}')
	}
	return nil
}

func isCanonical(text string) bool {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value interface{}
	if decoder.Decode(&value) != nil {
		return false
	}
	var out bytes.Buffer
	return canonicalValue(&out, value) == nil && out.String() == text
}

// --- keys of persons (section 6, "Which key") ---------------------------------------------------

type personKeys struct {
	present map[string]string // public key by person
	judged  int
	other   int // sign-offs that are withheld, or of SM2, which Go does not know
}

// take follows the next entry; `shown` are the items that it shows, of `count`.
func (k *personKeys) take(header members, shown []string, count int64) error {
	kind, err := header.text("type")
	if err != nil {
		return err
	}
	enrols := kind == "ledger.created" || kind == "credential.set" || kind == "key.enrolled"
	signs := kind == "table.submitted" || kind == "table.approved"
	if !enrols && !signs && kind != "key.revoked" {
		return nil
	}
	data, err := object(header["data"])
	if err != nil || kind == "credential.set" && string(data["enrols"]) == "false" {
		return err
	}
	holder := data
	if kind == "ledger.created" || signs {
		if holder, err = object(header["actor"]); err != nil {
			return err
		}
	}
	person, err := holder.text("person")
	if err != nil {
		return err
	}
	if signs {
		if data, err = object(data["signature"]); err != nil {
			return err
		}
	}
	key, err := data.text("public_key")
	if err != nil {
		return err
	}
	if enrols {
		k.present[person] = key
		return nil
	}
	if !signs {
		if k.present[person] == key {
			delete(k.present, person)
		}
		return nil
	}
	if present, there := k.present[person]; !there || present != key {
		return fmt.Errorf("signed with a key that was not its person's then")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(key)
	if err != nil {
		return err
	}
	found := 0
	for _, text := range shown {
		item, err := object([]byte(text))
		if err != nil {
			return err
		}
		if kind, _ := item.text("kind"); kind != "sign_off" {
			continue
		}
		found++
		signed, err := item.text("note")
		if err != nil {
			return err
		}
		if len(raw) != ed25519.PublicKeySize {
			k.other++
			continue
		}
		if err := checkSignOff(signed, header); err != nil {
			return err
		}
		k.judged++
	}
	if found > 1 || (found == 0 && int64(len(shown)) == count) {
		return fmt.Errorf("not one sign-off")
	}
	if found == 0 {
		k.other++
	}
	return nil
}

// --- exports ------------------------------------------------------------------------------------

type place struct{ entry, item int64 }

type exportVerdict struct {
	leaves   []tlog.Hash
	keys     personKeys
	withheld map[place]tlog.Hash // items that stand as their leaves
	erased   int                 // of these, those that a later entry says were erased
}

// takeErasures holds what an entry says was erased against what the export shows of it: nothing.
func (v *exportVerdict) takeErasures(header members, shown []string) error {
	kind, err := header.text("type")
	if err != nil || (kind != "row.erased" && kind != "texts.erased" && kind != "person.erased") {
		return err
	}
	for _, text := range shown {
		item, err := object([]byte(text))
		if err != nil {
			return err
		}
		if kind, _ := item.text("kind"); kind != "erased" {
			continue
		}
		var at place
		if at.entry, err = item.number("entry"); err != nil {
			return err
		}
		if at.item, err = item.number("item"); err != nil {
			return err
		}
		leafHex, err := item.text("leaf")
		if err != nil {
			return err
		}
		leaf, err := hexHash(leafHex)
		if err != nil {
			return err
		}
		if stands, there := v.withheld[at]; !there || stands != leaf {
			return fmt.Errorf("it erases item %d of entry %d, which is another or is shown", at.item, at.entry)
		}
		v.erased++
	}
	return nil
}

func (v *exportVerdict) entry(line []byte, origin string) error {
	one, err := object(line, "index", "leaf", "header", "items")
	if err != nil {
		return err
	}
	index, err := one.number("index")
	if err != nil || index != int64(len(v.leaves)) {
		return fmt.Errorf("out of its place: %v", err)
	}
	leafHex, err := one.text("leaf")
	if err != nil {
		return err
	}
	leaf, err := hexHash(leafHex)
	if err != nil {
		return err
	}
	text, err := one.text("header")
	if err != nil || tlog.RecordHash([]byte(text)) != leaf || !isCanonical(text) {
		return fmt.Errorf("a header that is not canonical, or of another leaf")
	}
	header, err := object([]byte(text))
	if err != nil {
		return err
	}
	if stated, err := header.number("index"); err != nil || stated != index {
		return fmt.Errorf("a header with another index")
	}
	if stated, err := header.text("origin"); err != nil || stated != origin {
		return fmt.Errorf("a header of another log")
	}
	if kind, err := header.text("type"); err != nil || kind == "log_key.rotated" {
		return fmt.Errorf("of no type, or another key from here on")
	}
	var items []members
	if err := json.Unmarshal(one["items"], &items); err != nil {
		return err
	}
	for i, item := range items {
		_, leaf := item["leaf"]
		_, salt := item["salt"]
		_, text := item["item"]
		if !(len(item) == 1 && leaf) && !(len(item) == 2 && salt && text) {
			return fmt.Errorf("an item of another form")
		}
		if leaf {
			text, err := item.text("leaf")
			if err != nil {
				return err
			}
			if v.withheld[place{index, int64(i)}], err = hexHash(text); err != nil {
				return err
			}
		}
	}
	shown, err := checkItems(one["items"], header)
	if err != nil {
		return err
	}
	if err := v.takeErasures(header, shown); err != nil {
		return err
	}
	v.leaves = append(v.leaves, leaf)
	return v.keys.take(header, shown, int64(len(items)))
}

func (v *exportVerdict) tile(line []byte, begin int) error {
	one, err := object(line, "tile", "width", "root")
	if err != nil {
		return err
	}
	number, err := one.number("tile")
	if err != nil {
		return err
	}
	width, err := one.number("width")
	if err != nil {
		return err
	}
	root, err := one.text("root")
	if err != nil {
		return err
	}
	head := treeHead(v.leaves[begin:])
	if number != int64(begin/tileWidth) || width != int64(len(v.leaves)-begin) || root != hex.EncodeToString(head[:]) {
		return fmt.Errorf("entries that do not hash to their tile")
	}
	return nil
}

// checkExport asks for a cosignature of `by`, where it is given; otherwise the lines of others are passed over.
func checkExport(data []byte, verifier note.Verifier, key string, by *witness) (exportVerdict, error) {
	verdict := exportVerdict{keys: personKeys{present: map[string]string{}}, withheld: map[place]tlog.Hash{}}
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	head, err := object(lines[0], "entries", "format", "origin", "verifier_key")
	if err != nil {
		return verdict, err
	}
	count, err := head.number("entries")
	if err != nil {
		return verdict, err
	}
	for name, wanted := range map[string]string{
		"format": "countersign-export-1", "origin": verifier.Name(), "verifier_key": key} {
		if stated, err := head.text(name); err != nil || stated != wanted {
			return verdict, fmt.Errorf("another %s", name)
		}
	}
	rest := lines[1:]
	next := func() []byte {
		if len(rest) == 0 {
			return nil
		}
		line := rest[0]
		rest = rest[1:]
		return line
	}
	for begin := 0; int64(begin) < count; begin += tileWidth {
		for len(verdict.leaves) < begin+tileWidth && int64(len(verdict.leaves)) < count {
			if err := verdict.entry(next(), verifier.Name()); err != nil {
				return verdict, fmt.Errorf("entry %d: %v", len(verdict.leaves), err)
			}
		}
		if err := verdict.tile(next(), begin); err != nil {
			return verdict, fmt.Errorf("the tile of entry %d: %v", begin, err)
		}
	}
	last, err := object(next(), "checkpoint")
	if err != nil {
		return verdict, err
	}
	checkpoint, err := last.text("checkpoint")
	if err != nil {
		return verdict, err
	}
	tree, err := openCheckpoint([]byte(checkpoint), verifier)
	if by != nil {
		tree, err = checkCosigned([]byte(checkpoint), verifier, by)
	}
	if err != nil {
		return verdict, err
	}
	if err := strictLines(checkpoint); err != nil {
		return verdict, err
	}
	if len(rest) != 0 || tree.N != count || tree.Hash != treeHead(verdict.leaves) {
		return verdict, fmt.Errorf("entries that are not those of the checkpoint")
	}
	return verdict, nil
}

// --- receipts -----------------------------------------------------------------------------------

func checkReceipt(data []byte, verifier note.Verifier) (int64, tlog.Tree, error) {
	var tree tlog.Tree
	receipt, err := object(data, "index", "header", "proof")
	if err != nil {
		return 0, tree, err
	}
	proof, err := receipt.text("proof")
	if err != nil {
		return 0, tree, err
	}
	split := strings.Index(proof, "\n\n")
	if split < 0 {
		return 0, tree, fmt.Errorf("not a tlog-proof")
	}
	checkpoint := proof[split+2:]
	if tree, err = openCheckpoint([]byte(checkpoint), verifier); err != nil {
		return 0, tree, err
	}
	if err := strictLines(checkpoint); err != nil {
		return 0, tree, err
	}
	index, header, err := provedEntry(receipt, checkpoint, tree)
	if err != nil {
		return 0, tree, err
	}
	if origin, err := header.text("origin"); err != nil || origin != verifier.Name() {
		return 0, tree, fmt.Errorf("of another log")
	}
	return index, tree, nil
}

// --- cosignatures (c2sp.org/tlog-cosignature) ---------------------------------------------------

// witness is a note.Verifier of type 0x04, which Go's note package leaves to others.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("not a verifier key")
	}
	material, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(material) != 1+ed25519.PublicKeySize || material[0] != 4 {
		return nil, fmt.Errorf("not a witness's key")
	}
	id := sha256.Sum256(append([]byte(parts[0]+"\n"), material...))
	if hex.EncodeToString(id[:4]) != parts[1] {
		return nil, fmt.Errorf("the key id is another's")
	}
	return &witness{parts[0], binary.BigEndian.Uint32(id[:4]), material[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	signed := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", at)), text...)
	return ed25519.Verify(w.key, signed, signature[8:])
}

func checkCosigned(data []byte, verifier note.Verifier, by *witness) (tlog.Tree, error) {
	tree, err := openCheckpoint(data, verifier)
	if err != nil {
		return tree, err
	}
	if _, err := note.Open(data, note.VerifierList(by)); err != nil {
		return tree, fmt.Errorf("the witness: %v", err)
	}
	return tree, strictLines(string(data))
}

// --- files --------------------------------------------------------------------------------------

// flipEverywhere makes sure that `check` refuses the file after one flipped bit at each of some places.
func flipEverywhere(what string, data []byte, check func([]byte) error) {
	places := *flips
	if places > len(data) {
		places = len(data)
	}
	for i := 0; i < places; i++ {
		place := i * len(data) / places
		broken := append([]byte(nil), data...)
		broken[place] ^= 1 << (i % 8)
		mustReject(fmt.Sprintf("%s (byte %d)", what, place), check(broken))
	}
}

func mustWitness(key string) *witness {
	by, err := newWitness(key)
	if err != nil {
		fail("the witness's key: %v", err)
	}
	return by
}

func readFile(name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		fail("%v", err)
	}
	return data
}

func checkExportFile(name string, verifier note.Verifier, witnessKey string) {
	var by *witness
	if witnessKey != "" {
		by = mustWitness(witnessKey)
	}
	data := readFile(name)
	verdict, err := checkExport(data, verifier, *vkey, by)
	if err != nil {
		fail("the export: %v", err)
	}
	flipEverywhere("the export", data, func(broken []byte) error {
		_, err := checkExport(broken, verifier, *vkey, by)
		return err
	})
	lines := bytes.SplitAfter(data, []byte("\n"))
	for i := 0; i < len(lines)-1 && i < *flips; i++ {
		less := bytes.Join(append(append([][]byte(nil), lines[:i]...), lines[i+1:]...), nil)
		_, err := checkExport(less, verifier, *vkey, by)
		mustReject(fmt.Sprintf("the export without its line %d", i), err)
	}
	fmt.Printf("export of %d entries accepted, %d sign-offs judged, %d not, %d items erased; rejected after one flipped bit or lost line: %d of %d\n",
		len(verdict.leaves), verdict.keys.judged, verdict.keys.other, verdict.erased, rejected, expected)
}

func checkReceiptFile(name string, verifier note.Verifier) {
	data := readFile(name)
	index, tree, err := checkReceipt(data, verifier)
	if err != nil {
		fail("the receipt: %v", err)
	}
	flipEverywhere("the receipt", data, func(broken []byte) error {
		_, _, err := checkReceipt(broken, verifier)
		return err
	})
	fmt.Printf("receipt of entry %d in a tree of %d accepted; rejected after one flipped bit: %d of %d\n", index, tree.N, rejected, expected)
}

func checkCosignedFile(name string, verifier note.Verifier, witnessKey string) {
	by := mustWitness(witnessKey)
	data := readFile(name)
	tree, err := checkCosigned(data, verifier, by)
	if err != nil {
		fail("the cosigned checkpoint: %v", err)
	}
	flipEverywhere("the cosigned checkpoint", data, func(broken []byte) error {
		_, err := checkCosigned(broken, verifier, by)
		return err
	})
	fmt.Printf("checkpoint of %d entries, cosigned by %s, accepted; rejected after one flipped bit: %d of %d\n", tree.N, by.name, rejected, expected)
}
