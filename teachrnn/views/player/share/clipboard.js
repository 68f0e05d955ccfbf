// The clipboard, which a browser may refuse: in a page without a secure address, in another page's frame.

/** Puts a text on the clipboard; false where that is not allowed.
 * @param {string} text
 */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
