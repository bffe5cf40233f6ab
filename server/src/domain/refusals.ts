// Owns the refusals of what somebody asks to be set or made; the sentence tells what was wrong.

/** The settings make no sense, alone or together. */
export class InvalidSetting extends RangeError {
  override name = 'InvalidSetting';
}

/** The id, the name or the identifier belongs to another. The sentence says which. */
export class Taken extends InvalidSetting {
  override name = 'Taken';
}

/** Lets it pass when another node, which starts at the same time, made the same thing a moment earlier. */
export async function unlessTaken(making: Promise<unknown>): Promise<void> {
  try {
    await making;
  } catch (error) {
    if (!(error instanceof Taken)) throw error;
  }
}
