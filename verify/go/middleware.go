// The verifier as net/http middleware, with the answers of RFC 6750 §3.

package verify

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// Require is what a route asks of its tokens.
type Require struct {
	Scopes      []string
	Permissions []string
}

type contextKey struct{}

// FromContext gives the claims of the token with which a request came, as the middleware verified it.
func FromContext(ctx context.Context) (*Claims, bool) {
	claims, ok := ctx.Value(contextKey{}).(*Claims)
	return claims, ok
}

// Middleware lets only requests through whose token is good and has what is required; it answers the others.
func (v *Verifier) Middleware(require Require) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			claims, err := v.VerifyRequest(r, require)
			if err != nil {
				WriteError(w, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, claims)))
		})
	}
}

// VerifyRequest verifies the token of a request's Authorization header.
func (v *Verifier) VerifyRequest(r *http.Request, require Require) (*Claims, error) {
	scheme, token, e := tokenOf(r)
	if e != nil {
		if e.Code == CodeMissingToken {
			e.realm = v.options.Audiences[0]
		}
		return nil, e
	}
	options := []Option{WithScheme(scheme), WithScopes(require.Scopes...), WithPermissions(require.Permissions...)}
	switch proofs := r.Header.Values("DPoP"); len(proofs) {
	case 0:
	case 1:
		options = append(options, WithDPoP(r.Method, v.addressOf(r), proofs[0]))
	default:
		return nil, invalidProof("must come once")
	}
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		sum := sha256.Sum256(r.TLS.PeerCertificates[0].Raw)
		options = append(options, WithCertificateThumbprint(base64.RawURLEncoding.EncodeToString(sum[:])))
	}
	return v.Verify(r.Context(), token, options...)
}

// WriteError answers with an error of this package; any other error becomes a 500 that tells nothing.
func WriteError(w http.ResponseWriter, err error) {
	var e *Error
	if !errors.As(err, &e) {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	status := e.HTTPStatus()
	if challenge := e.Challenge(); challenge != "" {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The client may have gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(map[string]string{
		"error": orElse(e.OAuthError(), string(e.Code)), "error_description": e.Message,
	})
}

// tokenOf takes the token from the Authorization header, the only place for it (RFC 6750 §2.1).
func tokenOf(r *http.Request) (scheme, token string, e *Error) {
	headers := r.Header.Values("Authorization")
	inQuery := strings.Contains(r.URL.RawQuery, "access_token=") && r.URL.Query().Has("access_token")
	if len(headers) > 1 || len(headers) == 1 && inQuery {
		return "", "", refuse(CodeAmbiguousToken, "The request brings more than one token; send one, in the Authorization header.")
	}
	if len(headers) == 0 {
		return "", "", missingToken()
	}
	scheme, token, _ = strings.Cut(headers[0], " ")
	token = strings.Trim(token, " ")
	if !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "DPoP") || token == "" {
		return "", "", missingToken()
	}
	return scheme, token, nil
}

func missingToken() *Error {
	return refuse(CodeMissingToken, "The request brings no access token; send one in the Authorization header.")
}

// addressOf is a request's address as its sender wrote it, as far as that can be told.
func (v *Verifier) addressOf(r *http.Request) string {
	base := strings.TrimRight(v.options.BaseURL, "/")
	if base == "" {
		base = "http://" + r.Host
		if r.TLS != nil {
			base = "https://" + r.Host
		}
	}
	return base + r.URL.EscapedPath()
}
