/** export-format: what every format of an export is asked, and what it gives. */

export const EXPORT_FORMATS = ['openmetrics', 'ooni'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ExportOptions {
  readonly config?: string
  readonly format: ExportFormat
  /** `openmetrics` needs it; else since ever */
  readonly since?: string
  readonly until?: string
  /** `openmetrics` only */
  readonly step?: string
  /** `ooni` only */
  readonly service?: string
  readonly vantage?: string
}

/** What a format makes of the record. */
export interface Export {
  readonly lines: AsyncIterable<string>
  /** said on stderr once everything is written, not before */
  readonly summary: () => string
}
