// The keys of a log that replaced its key, checked from the text of ledger/FORMAT.md alone.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// logKey is a key with the smallest and the largest size of checkpoints that it signs; -1: no end.
type logKey struct {
	vkey     string
	verifier note.Verifier
	from, to int64
}

// strictLines makes sure that the signature lines are one text for one value; Go's note package takes
// base64 with trailing bits.
func strictLines(text string) error {
	for _, line := range strings.Split(strings.TrimSuffix(text[strings.LastIndex(text, "\n\n")+2:], "\n"), "\n") {
		if _, err := base64.StdEncoding.Strict().DecodeString(line[strings.LastIndex(line, " ")+1:]); err != nil {
			return err
		}
	}
	return nil
}

// checkRotation holds one entry that replaces the key `old` by `next`; returns its index.
func checkRotation(raw json.RawMessage, old, next note.Verifier, oldKey, nextKey string) (int64, error) {
	one, err := object(raw, "index", "header", "proof")
	if err != nil {
		return 0, err
	}
	proof, err := one.text("proof")
	if err != nil {
		return 0, err
	}
	split := strings.Index(proof, "\n\n")
	if split < 0 {
		return 0, fmt.Errorf("not a receipt")
	}
	checkpoint := proof[split+2:]
	tree, err := openCheckpoint([]byte(checkpoint), old)
	if err != nil {
		return 0, err
	}
	if _, err := openCheckpoint([]byte(checkpoint), next); err != nil {
		return 0, err
	}
	if err := strictLines(checkpoint); err != nil {
		return 0, err
	}
	index, header, err := provedEntry(one, checkpoint, tree)
	if err != nil {
		return 0, err
	}
	if tree.N != index+1 {
		return 0, fmt.Errorf("a checkpoint that does not end with the entry")
	}
	if kind, err := header.text("type"); err != nil || kind != "log_key.rotated" {
		return 0, fmt.Errorf("an entry that replaces no key")
	}
	if origin, err := header.text("origin"); err != nil || origin != old.Name() {
		return 0, fmt.Errorf("another origin")
	}
	data, err := object(header["data"], "note", "retires", "verifier_key")
	if err != nil {
		return 0, err
	}
	retires, _ := data.text("retires")
	takes, _ := data.text("verifier_key")
	text, err := data.text("note")
	if err != nil || retires != oldKey || takes != nextKey {
		return 0, fmt.Errorf("other keys than it says")
	}
	wanted := fmt.Sprintf("countersign log key v1\norigin %s\nafter %d entries\nretires %s\nverifier key %s\n",
		old.Name(), index, oldKey, nextKey)
	for _, key := range []note.Verifier{old, next} {
		opened, err := note.Open([]byte(text), note.VerifierList(key))
		if err != nil {
			return 0, err
		}
		if opened.Text != wanted {
			return 0, fmt.Errorf("the keys signed something else")
		}
	}
	return index, nil
}

// checkLogKeys returns the keys, oldest first, of which `known` is one.
func checkLogKeys(data []byte, known string) ([]logKey, error) {
	document, err := object(data, "format", "keys", "origin", "rotations")
	if err != nil {
		return nil, err
	}
	if format, err := document.text("format"); err != nil || format != "countersign-log-keys-1" {
		return nil, fmt.Errorf("not a file of a log's keys")
	}
	origin, err := document.text("origin")
	if err != nil {
		return nil, err
	}
	var vkeys []string
	var rotations []json.RawMessage
	if err := json.Unmarshal(document["keys"], &vkeys); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(document["rotations"], &rotations); err != nil {
		return nil, err
	}
	if len(vkeys) != len(rotations)+1 {
		return nil, fmt.Errorf("another number of keys than of replacements")
	}
	var keys []logKey
	there := false
	for i, vkey := range vkeys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil || verifier.Name() != origin {
			return nil, fmt.Errorf("not a key of this log")
		}
		there = there || vkey == known
		key := logKey{vkey, verifier, 0, -1}
		if i > 0 {
			before := &keys[i-1]
			index, err := checkRotation(rotations[i-1], before.verifier, verifier, before.vkey, vkey)
			if err != nil {
				return nil, err
			}
			before.to = index + 1
			key.from = index + 1
		}
		keys = append(keys, key)
	}
	if !there {
		return nil, fmt.Errorf("the keys do not lead to the one that is trusted")
	}
	return keys, nil
}

// keyFor is the verifier of the key that a file names as its own, when `known` leads to it.
func keyFor(own, known string, document []byte) (note.Verifier, error) {
	keys, err := checkLogKeys(document, known)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if key.vkey == own {
			return key.verifier, nil
		}
	}
	return nil, fmt.Errorf("a key that the log never had")
}

func checkLogKeysFile(path, known string) {
	data, err := os.ReadFile(path)
	if err != nil {
		fail("%v", err)
	}
	line := []byte(strings.TrimSuffix(string(data), "\n"))
	keys, err := checkLogKeys(line, known)
	if err != nil {
		fail("the keys: %v", err)
	}
	for i := 0; i < *flips; i++ {
		place := i * len(line) / *flips
		broken := append([]byte(nil), line...)
		broken[place] ^= 1
		_, err := checkLogKeys(broken, known)
		mustReject(fmt.Sprintf("the keys, changed at %d,", place), err)
	}
	fmt.Printf("keys of the log %d; rejected after one flipped bit: %d of %d\n", len(keys), rejected, expected)
}
