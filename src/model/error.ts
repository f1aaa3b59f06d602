/** Errors an operator can mend. A network that fails is data, a bug throws as itself; everything else is an AppError. */

/** What kind of mending it takes; the command line turns it into an exit code. */
export type ErrorCode =
  | 'config_invalid'
  | 'usage'
  | 'not_found'
  | 'store_newer'
  | 'store_damaged'
  | 'store_locked'
  | 'listen_failed'
  /** too much at once, or a query too long: passes by itself, or with less asked for */
  | 'busy'
  | 'internal'

/** Something went wrong that a person can put right: the message says what, where, and what to do. */
export class AppError extends Error {
  readonly code: ErrorCode
  /** the option, parameter or key that is wrong, as its asker calls it; `null` = no single one */
  readonly field: string | null
  /** the message without the field */
  readonly detail: string

  /** @param field begins the message, before a colon */
  constructor(
    code: ErrorCode,
    detail: string,
    { field = null, ...options }: ErrorOptions & { readonly field?: string | null } = {},
  ) {
    super(field === null ? detail : `${field}: ${detail}`, options)
    this.name = 'AppError'
    this.code = code
    this.field = field
    this.detail = detail
  }
}
