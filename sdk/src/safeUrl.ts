/**
 * The absolute form of a URL that an offer may link to, or load a picture from, else nothing. It begins with
 * https, mailto or tel, or is relative and stays on the page's own origin: so plain http is there only on a
 * page that is http itself. The answer is not trusted to have been checked.
 */
export const safeUrl = (url: string | undefined): string | undefined => {
  const parsed = url && URL.parse(url, location.href)?.href;
  // A scheme that the text begins with stays when it is parsed. `//other.example` begins with none.
  return parsed && (/^(https|mailto|tel):/i.test(url) || parsed.startsWith(`${location.origin}/`))
    ? parsed
    : undefined;
};
