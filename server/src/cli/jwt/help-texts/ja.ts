// Owns what `warifu jwt --help` says, in Japanese.
import type { helpEn } from './en.ts';

const token = `  <token>                  トークン。省略するか - とすると標準入力から読みます
                           （シェルの履歴に残りません）`;
const common = `  --lang ja|en             言語。省略すると LC_ALL、LC_MESSAGES、LANG に従います
  -h, --help               このヘルプ`;
const exits = '終了コード：0 完了、1 トークンが無効または読めない、2 使い方の誤り、または鍵が手に入らない';
const secrets = `  --secret-file <file|->   共有シークレットを、ファイル（末尾の改行は除きます）か標準入力から読みます
  --secret-env <NAME>      共有シークレットを環境変数から読みます
  --secret-encoding <enc>  シークレットの書き方：utf8（既定）、base64、base64url、hex`;

export const helpJa: typeof helpEn = {
  jwt: `使い方：warifu jwt <サブコマンド> [オプション]

  decode    ヘッダーとペイロードを、日時を添えた JSON で表示します
  explain   トークンの種類、クレームの意味、おかしな点を、わかりやすい言葉で説明します
  verify    署名、時刻、発行者、宛先を検証します
  sign      クレームに署名します

詳しくは：warifu jwt <サブコマンド> --help`,
  decode: `使い方：warifu jwt decode [<token>] [オプション]

ヘッダーとペイロードを表示します。検証はしません。表示される内容は、誰にでも書けるものです。

${token}
  --json                   プログラム向けの JSON：{"header", "payload", "signature"}
${common}

${exits}`,
  explain: `使い方：warifu jwt explain [<token>] [オプション]

トークンの種類、発行者、宛先、各クレームの意味、有効期限、おかしな点や危険な点を説明します。
検証はしません。トークンが自分で名乗っている内容について述べます。

${token}
${common}

${exits}`,
  verify: `使い方：warifu jwt verify [<token>] (--issuer <url> | --jwks <url|file> | --key <file> | --secret-…) [オプション]

署名と時刻を検証し、どの検査に通らなかったかを示します。アルゴリズムは、トークンではなく鍵によって決まります。

${token}
  --issuer <url>           信頼する発行者。これだけを指定すると、鍵はディスカバリーで見つけます
  --jwks <url|file>        鍵（JWKS）
  --key <file|->           鍵：PEM（公開鍵、証明書）または JWK
${secrets}
  --audience <audience>    トークンの宛先。複数指定でき、どれか 1 つに合えば通ります
  --alg <alg>              このアルゴリズムだけを受け入れます。複数指定できます
  --clock-tolerance <s>    時計のずれを何秒まで許すか。省略すると 60
${common}

${exits}`,
  sign: `使い方：warifu jwt sign --payload <json|file|-> (--key <file> | --secret-…) [オプション]

クレームに署名し、トークンを出力します。iat がなければ加えます。

  --payload <json|file|->  クレーム：JSON オブジェクト、それを書いたファイル、または - で標準入力
  --key <file|->           秘密鍵：PEM または JWK
${secrets}
  --alg <alg>              HS256、RS256、PS256、ES256、EdDSA など。省略すると鍵に合うもの
  --kid <kid>              ヘッダーに書く鍵の ID。省略すると JWK の kid
  --expires-in <duration>  有効期間：90s、15m、1h、7d
  --header <json|file>     ほかのヘッダーパラメーター。例：{"typ":"at+jwt"}
${common}

${exits}`,
};
