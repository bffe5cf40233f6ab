// Owns the refusal to make what is there already.

/** The id, the name or the identifier belongs to another. The sentence says which. */
export class Taken extends RangeError {
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
