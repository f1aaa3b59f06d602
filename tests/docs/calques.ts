/** calques: turns of phrase that no English reader uses, and `look` where a probe or a measurement is meant. */
export const CALQUES =
  /\bheld against\b|\btak(?:e|en|es|ing) over\b|(?<!\bthere )\bis no\b(?! longer)|\btold\b|\bwhoever\b|\bpeople (?:t?here)\b|\bwhat is so\b|\bgone together\b|\bnobody says\b|\bat most so many\b/gi
/** A measurement is a measurement, and a probe a probe: `look` is left for what it means. */
export const LOOKS = /\blook(?:s|ed|ing)?\b(?! up\b| it up\b| (?:broken|expired|like)\b)/gi
