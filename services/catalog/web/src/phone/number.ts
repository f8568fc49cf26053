/** What may be dialled: a plus sign, the country code and the rest, at most fifteen digits. Null where the text is no such number. */
export function numberOf(text: string): string | null {
  const number = text.replace(/[\s().\-/\u00a0\u2010-\u2015]/g, "").replace(/^00/, "+");
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : null;
}

/** What is wrong with it, in a sentence. */
export function objection(text: string): string {
  const bare = text.trim();
  if (bare === "") {
    return "Enter the number to call.";
  }

  if (!/^(\+|00)/.test(bare)) {
    return "Begin with + and the country code, such as +1\u00a0415\u00a0555\u00a00100.";
  }

  return /[^\d\s+().\-/\u00a0\u2010-\u2015]/.test(bare) ? "A number has digits only, besides the + at its beginning." : "This is not a whole number: with its country code it has 7 to 15 digits.";
}
