// Tests of the middleware, with real requests, proofs of possession among them.

package verify

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func orders(v *Verifier) *httptest.Server {
	require := Require{Scopes: []string{"read:orders"}, Permissions: []string{"read:orders"}}
	return httptest.NewServer(v.Middleware(require)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, ok := FromContext(r.Context())
		if !ok {
			panic("no claims")
		}
		_, _ = io.WriteString(w, claims.Subject)
	})))
}

func ask(t *testing.T, address string, header http.Header) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestTheMiddlewareAnswersAsRFC6750Says(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(nil)
	api := orders(v)
	defer api.Close()
	good := i.token(nil)
	for name, c := range map[string]struct {
		authorization []string
		query         string
		status        int
		challenge     string
		body          string
	}{
		"a good token":    {[]string{"Bearer " + good}, "", 200, "", "auth0|ada"},
		"a small scheme":  {[]string{"bearer " + good}, "", 200, "", "auth0|ada"},
		"none":            {nil, "", 401, `Bearer realm="https://api.example.com/"`, ""},
		"only a query":    {nil, "?access_token=" + good, 401, `Bearer realm="https://api.example.com/"`, ""},
		"another scheme":  {[]string{"Basic abc"}, "", 401, `Bearer realm="https://api.example.com/"`, ""},
		"two headers":     {[]string{"Bearer " + good, "Bearer " + good}, "", 400, `Bearer error="invalid_request", error_description="The request brings more than one token; send one, in the Authorization header."`, ""},
		"two places":      {[]string{"Bearer " + good}, "?access_token=" + good, 400, `Bearer error="invalid_request", error_description="The request brings more than one token; send one, in the Authorization header."`, ""},
		"a refresh token": {[]string{"Bearer v1.x"}, "", 401, `Bearer error="invalid_token", error_description="This is a refresh token; send the access token."`, `{"error":"invalid_token","error_description":"This is a refresh token; send the access token."}` + "\n"},
		"too little":      {[]string{"Bearer " + i.token(map[string]any{"scope": "write:orders"})}, "", 403, `Bearer error="insufficient_scope", error_description="The token lacks the scope read:orders.", scope="read:orders"`, ""},
		"expired":         {[]string{"Bearer " + i.token(map[string]any{"exp": 5})}, "", 401, `Bearer error="invalid_token", error_description="The token has expired."`, ""},
		"a hostile audience": {[]string{"Bearer " + i.token(map[string]any{"aud": "\"\r\nSet-Cookie: a=b\\"})}, "", 401,
			`Bearer error="invalid_token", error_description="The token is for ???Set-Cookie: a=b?; this API is https://api.example.com/."`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			response, body := ask(t, api.URL+"/orders"+c.query, http.Header{"Authorization": c.authorization})
			if response.StatusCode != c.status || response.Header.Get("WWW-Authenticate") != c.challenge {
				t.Errorf("the answer is %d %s", response.StatusCode, response.Header.Get("WWW-Authenticate"))
			}
			if c.body != "" && body != c.body {
				t.Errorf("the body is %s", body)
			}
		})
	}
	i.set(func() { i.away = true })
	i.cut()
	i.clock.advance(31 * time.Second)
	response, body := ask(t, api.URL, http.Header{"Authorization": {"Bearer " + good}})
	if response.StatusCode != 503 || response.Header.Get("Retry-After") != "1" || response.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("the answer is %d %v %s", response.StatusCode, response.Header, body)
	}
}

func TestATokenThatIsBoundToAKeyNeedsAFreshProofOfIt(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(nil)
	api := orders(v)
	defer api.Close()
	key := newSigningKey(t, "")
	public := jose.JSONWebKey{Key: key.public}
	thumbprint, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	bound := i.token(map[string]any{"cnf": map[string]any{"jkt": base64.RawURLEncoding.EncodeToString(thumbprint)}})
	hash := sha256.Sum256([]byte(bound))
	number := 0
	proof := func(header, claims map[string]any) string {
		number++
		h := map[string]any{"typ": "dpop+jwt", "jwk": public}
		c := map[string]any{
			"jti": number, "htm": "GET", "htu": api.URL + "/orders", "iat": i.clock.Now().Unix(),
			"ath": base64.RawURLEncoding.EncodeToString(hash[:]),
		}
		c["jti"] = string(rune('a' + number))
		maps.Copy(h, header)
		maps.Copy(c, claims)
		return signWith(t, key, h, c)
	}
	once := proof(nil, nil)
	now := i.clock.Now().Unix()
	other := jose.JSONWebKey{Key: newSigningKey(t, "").public}
	cases := []struct {
		name   string
		scheme string
		token  string
		proofs []string
		status int
		error  string
	}{
		{"a good proof", "DPoP", bound, []string{once}, 200, ""},
		{"the same again", "DPoP", bound, []string{once}, 401, "invalid_dpop_proof"},
		{"a query in the request", "dpop", bound, []string{proof(nil, map[string]any{"htu": api.URL + "/orders"})}, 200, ""},
		{"no proof", "DPoP", bound, nil, 401, "invalid_dpop_proof"},
		{"the Bearer scheme", "Bearer", bound, []string{proof(nil, nil)}, 401, "invalid_dpop_proof"},
		{"two proofs", "DPoP", bound, []string{proof(nil, nil), proof(nil, nil)}, 401, "invalid_dpop_proof"},
		{"another method", "DPoP", bound, []string{proof(nil, map[string]any{"htm": "POST"})}, 401, "invalid_dpop_proof"},
		{"another address", "DPoP", bound, []string{proof(nil, map[string]any{"htu": api.URL + "/"})}, 401, "invalid_dpop_proof"},
		{"an old proof", "DPoP", bound, []string{proof(nil, map[string]any{"iat": now - 66})}, 401, "invalid_dpop_proof"},
		{"a proof of tomorrow", "DPoP", bound, []string{proof(nil, map[string]any{"iat": now + 66})}, 401, "invalid_dpop_proof"},
		{"another token's proof", "DPoP", bound, []string{proof(nil, map[string]any{"ath": "x"})}, 401, "invalid_dpop_proof"},
		{"another kind", "DPoP", bound, []string{proof(map[string]any{"typ": "JWT"}, nil)}, 401, "invalid_dpop_proof"},
		{"another key", "DPoP", bound, []string{proof(map[string]any{"jwk": other}, nil)}, 401, "invalid_dpop_proof"},
		{"no JWT", "DPoP", bound, []string{"a.b"}, 401, "invalid_dpop_proof"},
		{"an unbound token", "DPoP", i.token(nil), []string{proof(nil, nil)}, 401, "invalid_dpop_proof"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{"Authorization": {c.scheme + " " + c.token}, "Dpop": c.proofs}
			response, body := ask(t, api.URL+"/orders?page=2", header)
			challenge := response.Header.Get("WWW-Authenticate")
			if response.StatusCode != c.status || c.error != "" && !strings.HasPrefix(challenge, `DPoP error="`+c.error+`", `) {
				t.Errorf("the answer is %d %s %s", response.StatusCode, challenge, body)
			}
		})
	}
}

func TestAProofIsRememberedForAsLongAsItCouldComeAgain(t *testing.T) {
	s := newSeenProofs(1000)
	start := time.Unix(1_795_446_000, 0)
	window := time.Minute
	for second := range 600 {
		now := start.Add(time.Duration(second) * time.Second)
		id := start.Add(time.Duration(second) * time.Second).String()
		if !s.first(id, now, window) {
			t.Fatalf("the proof of second %d was seen before", second)
		}
		for _, age := range []int{1, 60, 119} {
			if second >= age && s.first(start.Add(time.Duration(second-age)*time.Second).String(), now, window) {
				t.Fatalf("the proof of second %d was forgotten after %d seconds", second-age, age)
			}
		}
	}
}
