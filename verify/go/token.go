// What can be told of a token before its signature is looked at.

package verify

import (
	"encoding/base64"
	"strings"
	"sync/atomic"

	josejson "github.com/go-jose/go-jose/v4/json"
)

const tokenBytesMax = 16 << 10

// header is the part of a JOSE header that matters here. What names keys by itself (jwk, jku, x5u) is left unread.
type header struct {
	Algorithm string              `json:"alg"`
	KeyID     string              `json:"kid"`
	Type      string              `json:"typ"`
	Critical  josejson.RawMessage `json:"crit"`
}

// parseHeader tells what sort of text a token is, and reads its header.
func parseHeader(token string) (*header, *Error) {
	if len(token) > tokenBytesMax {
		return nil, refuse(CodeMalformed, "The token is longer than 16 KiB.")
	}
	if strings.HasPrefix(token, "v1.") {
		return nil, refuse(CodeWrongKind, "This is a refresh token; send the access token.")
	}
	switch strings.Count(token, ".") {
	case 2:
	case 4:
		return nil, refuse(CodeEncrypted, "The token is encrypted; this API reads signed tokens only.")
	default:
		return nil, opaque()
	}
	return readHeader(token)
}

// readHeader reads the header of a JWS in compact form, without a look at how long it is.
func readHeader(token string) (*header, *Error) {
	encoded, rest, _ := strings.Cut(token, ".")
	claims, signature, whole := strings.Cut(rest, ".")
	if !isBase64URL(encoded) || !isBase64URL(claims) || !isBase64URL(signature) || claims == "" || !whole {
		return nil, opaque()
	}
	if last := lastHeader.Load(); last != nil && last.encoded == encoded {
		return &last.header, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return nil, opaque()
	}
	read := readHeaderText{encoded: strings.Clone(encoded)}
	if err := josejson.Unmarshal(raw, &read.header); err != nil || len(raw) == 0 || raw[0] != '{' {
		return nil, opaque()
	}
	lastHeader.Store(&read)
	return &read.header, nil
}

// lastHeader is the one that was read last: all tokens of one key have the same.
var lastHeader atomic.Pointer[readHeaderText]

type readHeaderText struct {
	encoded string
	header  header
}

func opaque() *Error {
	return refuse(CodeMalformed, "This is not a JWT. An opaque access token is only for /userinfo; "+
		"ask for a token with this API's audience.")
}

// isAccessTokenType tells whether a header's typ is that of RFC 9068, and refuses kinds that never are access tokens.
func (h *header) isAccessTokenType() (bool, *Error) {
	switch strings.TrimPrefix(strings.ToLower(h.Type), "application/") {
	case "at+jwt":
		return true, nil
	case "jwt", "":
		return false, nil
	case "logout+jwt":
		return false, refuse(CodeWrongKind, "This is a logout token; send the access token.")
	case "dpop+jwt":
		return false, refuse(CodeWrongKind, "This is a DPoP proof; send the access token, and the proof in the DPoP header.")
	default:
		return false, refuse(CodeWrongKind, "This kind of token is not an access token; send the access token.")
	}
}
