// Owns every English sentence that a person reads. Its shape is the type every other language must fill.

export const en = {
  language: 'English',
  common: {
    continue: 'Continue',
    back: 'Back',
    edit: 'Edit',
    editIdentifier: (identifier: string) => `Edit ${identifier}`,
    email: 'Email address',
    password: 'Password',
    showPassword: 'Show password',
    hidePassword: 'Hide password',
    languages: 'Language',
    privacy: 'Privacy policy',
    terms: 'Terms of service',
    pageTitle: (title: string, tenant: string) => `${title} | ${tenant}`,
    problemTitle: (title: string) => `Error: ${title}`,
    backTo: (application: string) => `Back to ${application}`,
  },
  problems: {
    missing: {
      username: 'Enter your email address.',
      email: 'Enter your email address.',
      password: 'Enter a password.',
    },
    invalidEmail: 'Enter an email address in full, like name@example.com.',
    wrongCredentials: 'The email address or the password is wrong. Check both and try again.',
    passwordTooWeak: 'Choose a password that meets every rule below.',
    passwordTooLong: (length: number) => `Choose a password of at most ${length} characters.`,
    signupImpossible: 'We couldn’t create the account. If you already have one, log in instead.',
    tooBusy: 'Too many people are at the door right now. Wait a moment, then try again.',
  },
  passwordRules: {
    title: 'Your password needs',
    unmet: 'Not met yet:',
    minLength: (length: number) => (length === 1 ? 'at least 1 character' : `at least ${length} characters`),
    notPersonal: 'to leave out your name and email address',
    characterKinds: (kinds: number) => `at least ${kinds} of: lower case, upper case, digits, symbols`,
    repeated: (times: number) => `no more than ${times} of the same character in a row`,
  },
  loginId: {
    title: 'Log in',
    lede: (application: string) => `to continue to ${application}`,
    noAccount: 'New here?',
    signUp: 'Create an account',
  },
  loginPassword: {
    title: 'Enter your password',
    lede: (application: string) => `to continue to ${application}`,
    submit: 'Log in',
  },
  signupId: {
    title: 'Create your account',
    lede: (application: string) => `to continue to ${application}`,
    haveAccount: 'Already have an account?',
    logIn: 'Log in',
  },
  signupPassword: {
    title: 'Choose a password',
    lede: (application: string) => `to continue to ${application}`,
    submit: 'Create account',
    logIn: 'Log in instead',
  },
  selectAccount: {
    title: 'Choose an account',
    lede: (application: string) => `to continue to ${application}`,
    continueAs: (name: string) => `Continue as ${name}`,
    or: 'or',
    other: 'Use another account',
  },
  consent: {
    title: (application: string) => `Allow ${application} to use your account?`,
    signedInAs: 'You’re logged in as',
    permissions: 'If you allow it, the application can:',
    permissionsOf: (api: string) => `In ${api}:`,
    scopes: {
      openid: 'Know that it’s you',
      profile: 'See your name and picture',
      email: 'See your email address',
      address: 'See your postal address',
      phone: 'See your phone number',
      offline_access: 'Keep this access while you aren’t using it',
    },
    accept: 'Allow',
    deny: 'Don’t allow',
    policies: 'About the application:',
  },
  logout: {
    title: 'Log out?',
    lede: (tenant: string) => `This browser will be logged out of ${tenant}.`,
    submit: 'Log out',
    stay: 'Stay logged in',
  },
  loggedOut: {
    title: 'You’re logged out',
    text: 'You can close this page.',
    goingOn: 'We’re logging you out of your applications too. You’ll go on in a moment.',
  },
  error: {
    request: {
      title: 'We couldn’t accept this request',
      text: 'The application sent us something that we can’t act on. Go back to it and try again. If this page returns, tell the people who run the application.',
    },
    unexpected: {
      title: 'Something went wrong',
      text: 'The fault is on our side. Wait a moment, then try again.',
    },
    notFound: {
      title: 'Page not found',
      text: 'The address may be mistyped, or the page may have moved.',
    },
    cookies: {
      title: 'We couldn’t recognize your browser',
      text: 'Make sure that your browser accepts cookies, then go back to the application and start again.',
    },
    developers: 'For developers',
    code: 'Error',
    description: 'Description',
    requestId: 'Request ID',
  },
  expired: {
    title: 'This login has ended',
    text: 'It took too long, or it was already completed. Go back to the application and start again.',
  },
};

export type Catalogue = typeof en;
