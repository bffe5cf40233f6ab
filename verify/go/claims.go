// What a verified token says, and the rules for its claims (RFC 7519 §4.1, RFC 9068 §2.2, and Auth0's form).

package verify

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	josejson "github.com/go-jose/go-jose/v4/json"
)

// Claims is what a token says. Each caller gets its own copy.
type Claims struct {
	Issuer      string
	Subject     string
	Audience    []string
	ClientID    string // client_id, else azp
	ID          string // jti
	SessionID   string // sid
	Scopes      []string
	Permissions []string
	Expiry      time.Time
	IssuedAt    time.Time // zero where the token has no iat

	payload []byte
}

// Decode reads all the token's claims into what v points at, as encoding/json does.
func (c *Claims) Decode(v any) error { return json.Unmarshal(c.payload, v) }

// HasScope tells whether the token carries a scope.
func (c *Claims) HasScope(scope string) bool { return slices.Contains(c.Scopes, scope) }

// HasPermission tells whether the token carries a permission.
func (c *Claims) HasPermission(permission string) bool {
	return slices.Contains(c.Permissions, permission)
}

func (c *Claims) clone() *Claims {
	own := *c
	own.Audience = slices.Clone(c.Audience)
	own.Scopes = slices.Clone(c.Scopes)
	own.Permissions = slices.Clone(c.Permissions)
	own.payload = slices.Clone(c.payload)
	return &own
}

// payload is a token's claims as they are written. It is read with go-jose's JSON, which tells capital letters from
// small ones and refuses a member that comes twice.
type payload struct {
	Issuer       string              `json:"iss"`
	Subject      string              `json:"sub"`
	Audience     audience            `json:"aud"`
	ClientID     string              `json:"client_id"`
	Authorized   string              `json:"azp"`
	ID           string              `json:"jti"`
	SessionID    string              `json:"sid"`
	Scope        string              `json:"scope"`
	Permissions  []string            `json:"permissions"`
	Expiry       *float64            `json:"exp"`
	IssuedAt     *float64            `json:"iat"`
	NotBefore    *float64            `json:"nbf"`
	Confirmation confirmation        `json:"cnf"`
	Nonce        josejson.RawMessage `json:"nonce"`
	AccessHash   josejson.RawMessage `json:"at_hash"`
	CodeHash     josejson.RawMessage `json:"c_hash"`
	Events       josejson.RawMessage `json:"events"`
}

// confirmation binds a token to a key (RFC 9449 §6.1) or to a certificate (RFC 8705 §3.1).
type confirmation struct {
	Thumbprint  string `json:"jkt"`
	Certificate string `json:"x5t#S256"`
}

// audience is one text or several (RFC 7519 §4.1.3).
type audience []string

// UnmarshalJSON reads either form.
func (a *audience) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return josejson.Unmarshal(data, (*[]string)(a))
	}
	*a = audience{""}
	return josejson.Unmarshal(data, &(*a)[0])
}

// parsePayload reads the claims of a token whose signature has been found good.
func parsePayload(data []byte) (*payload, *Error) {
	var p payload
	if err := josejson.Unmarshal(data, &p); err != nil {
		return nil, refuse(CodeMalformed, "The token's payload is not a JSON object of well-formed claims.")
	}
	return &p, nil
}

func (p *payload) claims(data []byte) *Claims {
	c := &Claims{
		Issuer: p.Issuer, Subject: p.Subject, Audience: p.Audience, ClientID: p.ClientID, ID: p.ID,
		SessionID: p.SessionID, Scopes: strings.Fields(p.Scope), Permissions: p.Permissions,
		Expiry: numericDate(*p.Expiry), payload: data,
	}
	if c.ClientID == "" {
		c.ClientID = p.Authorized
	}
	if p.IssuedAt != nil {
		c.IssuedAt = numericDate(*p.IssuedAt)
	}
	return c
}

// numericDate turns seconds since the epoch into a time, within what a time can hold.
func numericDate(seconds float64) time.Time {
	whole, fraction := math.Modf(min(max(seconds, 0), 1<<40))
	return time.Unix(int64(whole), int64(fraction*1e9))
}

// check applies the rules for claims, in the order in which every Warifu verifier applies them.
func (v *Verifier) check(p *payload, accessTokenType bool, now time.Time) *Error {
	if p.Issuer != v.issuer {
		return refuse(CodeWrongIssuer, "The token is of another issuer than "+printable(v.issuer)+".")
	}
	if err := p.checkKind(accessTokenType); err != nil {
		return err
	}
	if !slices.ContainsFunc(p.Audience, func(a string) bool { return slices.Contains(v.options.Audiences, a) }) {
		return refuse(CodeWrongAudience,
			"The token is for "+enumerate(p.Audience)+"; this API is "+enumerate(v.options.Audiences)+".")
	}
	if p.Expiry == nil {
		return refuse(CodeMalformed, "The token has no exp.")
	}
	if accessTokenType && (p.Subject == "" || p.ClientID == "" || p.ID == "" || p.IssuedAt == nil) {
		return refuse(CodeMalformed, "The token lacks one of sub, client_id, jti and iat, which RFC 9068 requires.")
	}
	if err := v.checkExpiry(numericDate(*p.Expiry), now); err != nil {
		return err
	}
	for _, start := range []*float64{p.NotBefore, p.IssuedAt} {
		if start != nil && numericDate(*start).After(now.Add(v.options.ClockTolerance)) {
			return refuse(CodeNotYetValid, "The token is not valid yet: its nbf or iat lies in the future.")
		}
	}
	return nil
}

func (v *Verifier) checkExpiry(expiry, now time.Time) *Error {
	if !now.Before(expiry.Add(v.options.ClockTolerance)) {
		return refuse(CodeExpired, "The token has expired.")
	}
	return nil
}

// checkKind tells access tokens from what else an issuer signs. ID tokens of Warifu have no azp; access tokens in
// Auth0's form always do.
func (p *payload) checkKind(accessTokenType bool) *Error {
	switch {
	case p.Events != nil:
		return refuse(CodeWrongKind, "This is a logout token; send the access token.")
	case accessTokenType:
		return nil
	case p.Authorized == "" || p.Nonce != nil || p.AccessHash != nil || p.CodeHash != nil:
		return refuse(CodeWrongKind, "This is an ID token; send the access token.")
	default:
		return nil
	}
}

// enumerate writes names for a sentence, and not more of them than a header can bear.
func enumerate(names []string) string {
	const most = 5
	if len(names) == 0 {
		return "no audience"
	}
	text := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		text += ", ..."
	}
	if len(text) > 500 {
		text = text[:500] + "..."
	}
	return printable(text)
}
