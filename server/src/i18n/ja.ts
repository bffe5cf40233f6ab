// Owns every Japanese sentence that a person reads.
import type { Catalogue } from './en.ts';

export const ja: Catalogue = {
  language: '日本語',
  common: {
    continue: '続ける',
    back: '戻る',
    edit: '変更',
    editIdentifier: (identifier) => `${identifier}を変更`,
    email: 'メールアドレス',
    password: 'パスワード',
    showPassword: 'パスワードを表示',
    hidePassword: 'パスワードを隠す',
    languages: '表示言語',
    privacy: 'プライバシーポリシー',
    terms: '利用規約',
    pageTitle: (title, tenant) => `${title} | ${tenant}`,
    problemTitle: (title) => `エラー：${title}`,
    backTo: (application) => `「${application}」に戻る`,
  },
  problems: {
    missing: {
      username: 'メールアドレスを入力してください。',
      email: 'メールアドレスを入力してください。',
      password: 'パスワードを入力してください。',
    },
    invalidEmail: 'name@example.comのような形式で入力してください。',
    wrongCredentials: 'メールアドレスまたはパスワードが正しくありません。',
    passwordTooWeak: '下の条件をすべて満たすパスワードを入力してください。',
    passwordTooLong: (length) => `パスワードは${length}文字以内で入力してください。`,
    signupImpossible: 'アカウントを作成できませんでした。すでにアカウントをお持ちの場合は、ログインしてください。',
    tooBusy: 'ただいま混み合っています。しばらくしてから、再度お試しください。',
  },
  passwordRules: {
    title: 'パスワードの条件',
    unmet: '条件を満たしていません：',
    minLength: (length) => `${length}文字以上`,
    notPersonal: '名前やメールアドレスを含まない',
    characterKinds: (kinds) => `英小文字・英大文字・数字・記号のうち${kinds}種類以上を含む`,
    repeated: (times) => `同じ文字の連続は${times}文字まで`,
  },
  loginId: {
    title: 'ログイン',
    lede: (application) => `「${application}」に進みます`,
    noAccount: 'アカウントをお持ちでない場合は',
    signUp: '新規登録',
  },
  loginPassword: {
    title: 'パスワードを入力',
    lede: (application) => `「${application}」に進みます`,
    submit: 'ログイン',
  },
  signupId: {
    title: '新規登録',
    lede: (application) => `「${application}」に進みます`,
    haveAccount: 'すでにアカウントをお持ちの場合は',
    logIn: 'ログイン',
  },
  signupPassword: {
    title: 'パスワードを設定',
    lede: (application) => `「${application}」に進みます`,
    submit: 'アカウントを作成',
    logIn: 'ログインする',
  },
  selectAccount: {
    title: 'アカウントを選択',
    lede: (application) => `「${application}」に進みます`,
    // The name stands just above the button, and 「…として続ける」 reads stiffly.
    continueAs: () => 'このアカウントで続ける',
    or: 'または',
    other: '別のアカウントを使う',
  },
  consent: {
    title: (application) => `「${application}」にアクセスを許可しますか？`,
    signedInAs: 'ログイン中のアカウント',
    permissions: '許可する内容',
    permissionsOf: (api) => `「${api}」での操作`,
    scopes: {
      openid: 'ご本人であることの確認',
      profile: '名前とプロフィール画像の閲覧',
      email: 'メールアドレスの閲覧',
      address: '住所の閲覧',
      phone: '電話番号の閲覧',
      offline_access: '利用していない間のアクセスの継続',
    },
    accept: '許可する',
    deny: '許可しない',
    policies: 'このアプリケーションについて：',
  },
  logout: {
    title: 'ログアウトしますか？',
    lede: (tenant) => `このブラウザーで「${tenant}」からログアウトします。`,
    submit: 'ログアウト',
    stay: 'ログインしたままにする',
  },
  loggedOut: {
    title: 'ログアウトしました',
    text: 'このページは閉じてかまいません。',
    goingOn: 'お使いのアプリケーションからもログアウトしています。終わると、自動的に次へ進みます。',
  },
  error: {
    request: {
      title: 'リクエストを受け付けられませんでした',
      text: 'アプリケーションから届いた内容に問題があり、処理を続けられません。アプリケーションに戻って、再度お試しください。繰り返し表示される場合は、アプリケーションの提供元にご連絡ください。',
    },
    unexpected: {
      title: '問題が発生しました',
      text: 'サーバーで予期しない問題が発生しました。しばらくしてから、再度お試しください。',
    },
    notFound: {
      title: 'ページが見つかりません',
      text: 'アドレスに誤りがあるか、ページが移動した可能性があります。',
    },
    cookies: {
      title: 'ブラウザーを確認できませんでした',
      text: 'ブラウザーでCookieが許可されていることをご確認のうえ、アプリケーションに戻って最初からやり直してください。',
    },
    developers: '開発者向けの情報',
    code: 'エラー',
    description: '説明',
    requestId: 'リクエストID',
  },
  expired: {
    title: 'このログインは終了しています',
    text: '時間が経過したか、すでに手続きが完了しています。アプリケーションに戻って、最初からやり直してください。',
  },
};
