// Row proofs, checked from the text of ledger/FORMAT.md alone.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type members map[string]json.RawMessage

// object reads an object that has exactly these members; none named: any.
func object(data []byte, names ...string) (members, error) {
	var m members
	if err := json.Unmarshal(data, &m); err != nil || m == nil {
		return nil, fmt.Errorf("not an object: %v", err)
	}
	for _, name := range names {
		if _, ok := m[name]; !ok {
			return nil, fmt.Errorf("%q is missing", name)
		}
	}
	if len(names) > 0 && len(m) != len(names) {
		return nil, fmt.Errorf("an unknown member")
	}
	return m, nil
}

func isNull(data json.RawMessage) bool { return string(data) == "null" }

func (m members) text(name string) (string, error) {
	var s *string
	if err := json.Unmarshal(m[name], &s); err != nil || s == nil {
		return "", fmt.Errorf("%q is not a text", name)
	}
	return *s, nil
}

func (m members) number(name string) (int64, error) {
	n, err := strconv.ParseInt(string(m[name]), 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != string(m[name]) {
		return 0, fmt.Errorf("%q is not a whole number", name)
	}
	return n, nil
}

func hexHash(text string) (tlog.Hash, error) {
	var hash tlog.Hash
	data, err := hex.DecodeString(text)
	if err != nil || len(data) != tlog.HashSize || hex.EncodeToString(data) != text {
		return hash, fmt.Errorf("not a hash")
	}
	copy(hash[:], data)
	return hash, nil
}

func (m members) path(name string) (tlog.RecordProof, error) {
	var texts []string
	if err := json.Unmarshal(m[name], &texts); err != nil {
		return nil, fmt.Errorf("%q is not a list of hashes", name)
	}
	var path tlog.RecordProof
	for _, text := range texts {
		hash, err := hexHash(text)
		if err != nil {
			return nil, err
		}
		path = append(path, hash)
	}
	return path, nil
}

// same says whether m has what other has under each name.
func (m members) same(other members, names ...string) error {
	for _, name := range names {
		mine, err := m.text(name)
		if err != nil {
			return err
		}
		theirs, err := other.text(name)
		if err != nil || mine != theirs {
			return fmt.Errorf("another %s", name)
		}
	}
	return nil
}

// provedEntry checks an entry from its header to the checkpoint and returns index and header.
func provedEntry(one members, note string, tree tlog.Tree) (int64, members, error) {
	index, err := one.number("index")
	if err != nil {
		return 0, nil, err
	}
	text, err := one.text("header")
	if err != nil {
		return 0, nil, err
	}
	receipt, err := one.text("proof")
	if err != nil {
		return 0, nil, err
	}
	if !strings.HasSuffix(receipt, "\n\n"+note) {
		return 0, nil, fmt.Errorf("a receipt under another checkpoint")
	}
	lines := strings.Split(strings.TrimSuffix(receipt, "\n\n"+note), "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || lines[1] != fmt.Sprintf("index %d", index) {
		return 0, nil, fmt.Errorf("not the entry's receipt")
	}
	var path tlog.RecordProof
	for _, line := range lines[2:] {
		data, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(data) != tlog.HashSize {
			return 0, nil, fmt.Errorf("not a hash in a receipt")
		}
		path = append(path, *(*tlog.Hash)(data))
	}
	if err := tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash([]byte(text))); err != nil {
		return 0, nil, err
	}
	header, err := object([]byte(text))
	if err != nil {
		return 0, nil, err
	}
	if stated, err := header.number("index"); err != nil || stated != index {
		return 0, nil, fmt.Errorf("a header with another index")
	}
	return index, header, nil
}

// entry is provedEntry, of an entry of this kind about what the proof is about.
func entry(one, proof members, note string, tree tlog.Tree, kind string) (int64, members, error) {
	index, header, err := provedEntry(one, note, tree)
	if err != nil {
		return 0, nil, err
	}
	if stated, err := header.text("type"); err != nil || stated != kind {
		return 0, nil, fmt.Errorf("an entry that is not %s", kind)
	}
	return index, header, header.same(proof, "origin", "campaign", "table")
}

// checkRowProof returns the number of changes that the proof proves.
func checkRowProof(data []byte, verifier note.Verifier, key string) (int, error) {
	proof, err := object(data)
	if err != nil {
		return 0, err
	}
	names := []string{"campaign", "checkpoint", "claim", "column", "format", "origin", "row", "row_changes",
		"table", "verifier_key", "version"}
	if _, has := proof["attested"]; has {
		names = append(names, "attested")
	}
	if _, err := object(data, names...); err != nil {
		return 0, err
	}
	if format, err := proof.text("format"); err != nil || format != "countersign-row-proof-1" {
		return 0, fmt.Errorf("not a row proof")
	}
	if named, err := proof.text("verifier_key"); err != nil || named != key {
		return 0, fmt.Errorf("another verifier key")
	}
	checkpoint, err := proof.text("checkpoint")
	if err != nil {
		return 0, err
	}
	tree, err := openCheckpoint([]byte(checkpoint), verifier)
	if err != nil {
		return 0, err
	}
	if origin, err := proof.text("origin"); err != nil || origin != verifier.Name() {
		return 0, fmt.Errorf("another origin")
	}
	row, err := proof.text("row")
	if err != nil {
		return 0, err
	}
	claim, err := proof.text("claim")
	if err != nil || (claim != "all_changes" && claim != "one_change") {
		return 0, fmt.Errorf("an unknown claim")
	}
	var changes []json.RawMessage
	if err := json.Unmarshal(proof["row_changes"], &changes); err != nil || len(changes) == 0 {
		return 0, fmt.Errorf("no changes")
	}
	if claim == "one_change" && len(changes) != 1 {
		return 0, fmt.Errorf("more than one change")
	}

	last := int64(-1)
	removed, columnSeen := false, false
	var leaf tlog.Hash
	for _, raw := range changes {
		one, err := object(raw, "header", "index", "item", "item_count", "item_index", "item_path", "proof", "salt")
		if err != nil {
			return 0, err
		}
		index, header, err := entry(one, proof, checkpoint, tree, "rows.changed")
		if err != nil {
			return 0, err
		}
		text, err := one.text("item")
		if err != nil {
			return 0, err
		}
		salt64, err := one.text("salt")
		if err != nil {
			return 0, err
		}
		salt, err := base64.StdEncoding.Strict().DecodeString(salt64)
		if err != nil || len(salt) != 16 {
			return 0, fmt.Errorf("not a salt")
		}
		leaf = sha256.Sum256(bytes.Join([][]byte{{0}, salt, []byte(text)}, nil))
		payload, err := object(header["payload"], "count", "root")
		if err != nil {
			return 0, err
		}
		count, err := payload.number("count")
		if err != nil {
			return 0, err
		}
		if stated, err := one.number("item_count"); err != nil || stated != count {
			return 0, fmt.Errorf("another number of items")
		}
		rootHex, err := payload.text("root")
		if err != nil {
			return 0, err
		}
		root, err := hexHash(rootHex)
		if err != nil {
			return 0, err
		}
		place, err := one.number("item_index")
		if err != nil {
			return 0, err
		}
		path, err := one.path("item_path")
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(path, count, root, place, leaf); err != nil {
			return 0, err
		}
		item, err := object([]byte(text), "cells", "key", "kind", "op", "prev", "table")
		if err != nil {
			return 0, err
		}
		if err := item.same(proof, "table"); err != nil {
			return 0, err
		}
		kind, _ := item.text("kind")
		key, _ := item.text("key")
		op, _ := item.text("op")
		if kind != "row" || key != row || (op != "put" && op != "remove") {
			return 0, fmt.Errorf("not a change of the row")
		}
		removed = op == "remove"
		cells, err := object(item["cells"])
		if err != nil {
			return 0, err
		}
		if !isNull(proof["column"]) {
			column, err := proof.text("column")
			if err != nil {
				return 0, err
			}
			_, has := cells[column]
			columnSeen = columnSeen || has
		}
		if claim == "all_changes" {
			if last < 0 && !isNull(item["prev"]) {
				return 0, fmt.Errorf("not the first change")
			}
			if last >= 0 {
				if prev, err := item.number("prev"); err != nil || prev != last {
					return 0, fmt.Errorf("a gap after entry %d", last)
				}
			}
		}
		if index <= last {
			return 0, fmt.Errorf("changes out of order")
		}
		last = index
	}
	if !isNull(proof["column"]) && !columnSeen {
		return 0, fmt.Errorf("no such column")
	}

	if !isNull(proof["version"]) {
		one, err := object(proof["version"], "header", "index", "proof", "row_index", "row_path")
		if err != nil {
			return 0, err
		}
		index, header, err := entry(one, proof, checkpoint, tree, "table.submitted")
		if err != nil {
			return 0, err
		}
		if index <= last || removed || claim != "all_changes" {
			return 0, fmt.Errorf("a version that cannot hold the row")
		}
		data, err := object(header["data"])
		if err != nil {
			return 0, err
		}
		version, err := object(data["version"], "hash", "number", "rows")
		if err != nil {
			return 0, err
		}
		if err := checkStated(version, one, leaf); err != nil {
			return 0, err
		}
	}

	if attested, has := proof["attested"]; has && !isNull(attested) {
		one, err := object(attested, "header", "index", "proof", "row_index", "row_path")
		if err != nil {
			return 0, err
		}
		index, header, err := entry(one, proof, checkpoint, tree, "table.attested")
		if err != nil {
			return 0, err
		}
		if index <= last || claim != "all_changes" {
			return 0, fmt.Errorf("an attestation that is not of all these changes")
		}
		data, err := object(header["data"])
		if err != nil {
			return 0, err
		}
		heads, err := object(data["heads"], "hash", "rows")
		if err != nil {
			return 0, err
		}
		if err := checkStated(heads, one, leaf); err != nil {
			return 0, err
		}
		at, err := header.text("sequenced_at")
		if err != nil {
			return 0, err
		}
		fmt.Printf("all changes of the row up to entry %d at %s; entry %d was its last then\n", index, at, last)
	}
	return len(changes), nil
}

// checkStated checks that the leaf is one of the rows whose number and hash an entry states.
func checkStated(stated, one members, leaf tlog.Hash) error {
	rows, err := stated.number("rows")
	if err != nil {
		return err
	}
	hashHex, err := stated.text("hash")
	if err != nil {
		return err
	}
	hash, err := hexHash(hashHex)
	if err != nil {
		return err
	}
	place, err := one.number("row_index")
	if err != nil {
		return err
	}
	path, err := one.path("row_path")
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, rows, hash, place, leaf)
}

func checkRowProofFile(name string, verifier note.Verifier) {
	data, err := os.ReadFile(name)
	if err != nil {
		fail("%v", err)
	}
	changes, err := checkRowProof(data, verifier, *vkey)
	if err != nil {
		fail("the row proof: %v", err)
	}
	places := *flips
	if places > len(data) {
		places = len(data)
	}
	for i := 0; i < places; i++ {
		place := i * len(data) / places
		broken := append([]byte(nil), data...)
		broken[place] ^= 1 << (i % 8)
		_, err := checkRowProof(broken, verifier, *vkey)
		mustReject(fmt.Sprintf("the row proof (byte %d)", place), err)
	}
	fmt.Printf("row proof of %d changes accepted; rejected after one flipped bit: %d of %d\n", changes, rejected, expected)
}
