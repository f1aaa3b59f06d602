/** transfer-task: what plan `throughput` fetches for an endpoint, and beside whose bytes. */
import type { Config } from '../config/config.ts'
import type { Endpoint } from '../model/service.ts'
import type { TransferSettings } from '../probe/task.ts'

export function transferTask(
  { throughput: { neutral, bytes, timeoutMs } }: Pick<Config, 'throughput'>,
  { url, transferUrl = url }: Pick<Endpoint, 'url' | 'transferUrl'>,
): TransferSettings {
  return { url: transferUrl, neutral, bytes, timeoutMs }
}
