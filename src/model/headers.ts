/** Headers of a response, in the order they came. */

/** The first header of that name. @param name in lower case; what others measured may spell it otherwise */
export function headerOf(headers: readonly (readonly [string, string])[], name: string): string | null {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null
}
