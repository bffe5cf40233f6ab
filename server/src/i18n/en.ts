// Owns every English sentence that a person reads. Its shape is the type every other language must fill.

export const en = {
  language: 'English',
  common: {
    continue: 'Continue',
    back: 'Back',
  },
};

export type Catalogue = typeof en;
