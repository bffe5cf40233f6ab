// Fingerprints of what a token belongs to, under which the feed speaks of it.

package verify

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
)

// fingerprint is the first 12 bytes of the SHA-256 of a text.
type fingerprint struct {
	high uint64
	low  uint32
}

func fingerprintOf(text string) fingerprint {
	sum := sha256.Sum256([]byte(text))
	return fingerprint{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint32(sum[8:12])}
}

var errFingerprint = errors.New("a fingerprint must be 16 characters of base64url")

// parseFingerprint reads the 16 characters of base64url that the feed writes.
func parseFingerprint(text string) (fingerprint, error) {
	var raw [12]byte
	if len(text) != 16 || strings.ContainsAny(text, "\r\n") {
		return fingerprint{}, errFingerprint
	}
	if n, err := base64.RawURLEncoding.Decode(raw[:], []byte(text)); err != nil || n != len(raw) {
		return fingerprint{}, errFingerprint
	}
	return fingerprint{binary.BigEndian.Uint64(raw[:8]), binary.BigEndian.Uint32(raw[8:])}, nil
}

func (f fingerprint) String() string {
	raw := binary.BigEndian.AppendUint64(nil, f.high)
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(raw, f.low))
}

// tokenID is what a jti says: the authorization, the feed's position when the token was made, and the subject.
type tokenID struct {
	authorization string
	position      uint64
	subject       string
}

// parseTokenID reads a jti; one of another form has position 0, and no authorization or subject.
func parseTokenID(jti string) tokenID {
	parts := strings.Split(jti, ".")
	if len(parts) != 4 || parts[0] == "" || parts[3] == "" {
		return tokenID{}
	}
	if !isBase64URL(parts[0]) || !isBase64URL(parts[2]) || !isBase64URL(parts[3]) {
		return tokenID{}
	}
	if strings.ContainsFunc(parts[1], func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') }) {
		return tokenID{}
	}
	position, err := strconv.ParseUint(parts[1], 36, 64)
	if err != nil {
		return tokenID{}
	}
	return tokenID{parts[0], position, parts[2]}
}

// isBase64URL tells whether a text holds nothing but the characters of base64url.
func isBase64URL(text string) bool {
	for i := range len(text) {
		c := text[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// marks are the fingerprints of one token, and the position from which facts about them end it.
type marks struct {
	position uint64
	key      fingerprint
	others   []fingerprint
}

// marksOf takes a token's fingerprints, of each kind that it has.
func marksOf(c *Claims, kid string) marks {
	id := parseTokenID(c.ID)
	texts := make([]string, 0, 8+3*len(c.Audience))
	add := func(kind string, parts ...string) {
		for _, part := range parts {
			if part == "" {
				return
			}
		}
		texts = append(texts, kind+":"+strings.Join(parts, " "))
	}
	add("token", c.ID)
	add("authorization", id.authorization)
	add("session", c.SessionID)
	add("user", id.subject)
	add("client", c.ClientID)
	add("user-client", id.subject, c.ClientID)
	for _, audience := range c.Audience {
		add("audience", audience)
		add("user-audience", id.subject, audience)
		add("client-audience", c.ClientID, audience)
	}
	m := marks{position: id.position, key: fingerprintOf("key:" + kid), others: make([]fingerprint, len(texts))}
	for i, text := range texts {
		m.others[i] = fingerprintOf(text)
	}
	return m
}
