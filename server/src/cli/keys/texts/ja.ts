// Owns every Japanese sentence of `warifu keys`.
import type { KeysTexts } from './en.ts';

const where = `設定（WARIFU_DATA、WARIFU_DATABASE）のデータベースに対して働きます。サーバーの稼働中でも使えます。
サーバーには 2 秒以内に反映されます。`;
const common = `  --lang ja|en             言語。省略すると LC_ALL、LC_MESSAGES、LANG に従います
  -h, --help               このヘルプ`;
const exits = '終了コード：0 完了、1 実行できなかった、2 使い方の誤り';

export const ja: KeysTexts = {
  help: {
    keys: `使い方：warifu keys <サブコマンド> [オプション]

  list      トークンの署名に使う鍵を一覧にします
  rotate    現在の鍵の代わりに、次の鍵で署名するようにします
  revoke    鍵を失効させます。その鍵で署名したトークンもすべて無効になります

${where}

詳しくは：warifu keys <サブコマンド> --help`,
    list: `使い方：warifu keys list [オプション]

トークンの署名に使う鍵を、アルゴリズムごとに一覧にします。署名に使っている鍵、次の鍵、検証だけに使う鍵がわかります。
秘密鍵は表示しません。

  --json                   プログラム向けの JSON
${common}

${exits}`,
    rotate: `使い方：warifu keys rotate [オプション]

現在の鍵の代わりに、次の鍵で署名するようにし、その次の鍵を新たに公開します。これまでの鍵は、署名したトークンが
有効でありうる間は公開され、受け入れられます。誰かに知らせる必要はなく、無効になるトークンもありません。
${where}

  --alg <alg>              このアルゴリズムの鍵だけ：RS256、PS256、ES256、EdDSA。省略すると、あるものすべて
${common}

${exits}`,
    revoke: `使い方：warifu keys revoke <kid> [オプション]

秘密鍵がほかに知られたおそれのある鍵を失効させます。その鍵で署名したトークンは、以後いっさい受け入れられません。
サインイン済みの利用者は、新しいトークンを取り直すことになります。現在の鍵や次の鍵なら、先に別の鍵と入れ替わります。
${where}

${common}

${exits}`,
  },
  usage: {
    noAction: '何をするかを指定してください：list、rotate、revoke。',
    unknownAction: (name) => `${name} というサブコマンドはありません。list、rotate、revoke があります。`,
    unknownOption: (option) => `${option} というオプションはありません。`,
    optionValue: (option) => `${option} の値がないか、値を取らないオプションに値が付いています。`,
    noPositional: (action) => `${action} は引数を取りません。`,
    oneKid: 'どの鍵かを kid で指定してください：warifu keys revoke <kid>。kid は warifu keys list でわかります。',
    lang: '--lang の値は ja か en です。',
    alg: '--alg の値は RS256、PS256、ES256、EdDSA のどれかです。',
  },
  statuses: { current: '現在', next: '次', previous: '以前', revoked: '失効' },
  since: {
    current: (date) => `${date} から署名に使用中`,
    next: (date) => `${date} に公開、次の切り替えから署名に使用`,
    previous: (date) => `${date} から検証のみ`,
    revoked: (date) => `${date} から無効`,
  },
  none: 'まだ鍵がありません。サーバーを初めて起動したときに作られます。',
  rotated: (alg, kid) => `${alg}：これからは ${kid} で署名します。`,
  rotatedElsewhere: (alg) => `${alg}：ちょうど今、別のノードが鍵を切り替えました。`,
  tooEarly: (alg, seconds) =>
    `${alg}：次の鍵は公開されたばかりで、まだ知らない API があるかもしれません。${seconds} 秒後に切り替えてください。`,
  noKeys: (alg) => `${alg}：鍵がありません。この方式を求める API もアプリもまだないからです。`,
  revoked: (kid) => `${kid} を失効させました。この鍵で署名したトークンは、もう受け入れられません。`,
  revokedBefore: (kid) => `${kid} はすでに失効しています。`,
  unknownKid: (kid) => `${kid} という鍵はありません。一覧は warifu keys list で見られます。`,
};
