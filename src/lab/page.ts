/** What the lab's web servers serve: the same bytes for the same site, every time. */

/** One answer to one request. */
export interface Page {
  /** 200 when left out */
  readonly status?: number
  /** lower-cased names; content-length is added */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const PARAGRAPHS = 120

/** A front page with a title and about 20 kB of text, so that it can be cut in the middle. */
export function frontPage(host: string, title: string): Page {
  const line = `<p>${host} serves this paragraph unchanged to everyone who asks for it, from every network that lets the request through. `
  const text = Array.from(
    { length: PARAGRAPHS },
    (_, n) => `${line}Paragraph ${n + 1} of ${PARAGRAPHS}, then the next.</p>`,
  )
  return { headers: HTML, body: html(title, text.join('\n')) }
}

/** What a simulated censor puts in place of a page. The wording is invented: no block page of Tajikistan is documented. */
export function blockPage(isp: string): Page {
  return {
    headers: HTML,
    body: html('Access restricted', `<h1>Access to this resource is restricted</h1>\n<p>${isp}</p>`),
  }
}

/** A page of a given text, as a censor sends it. */
export function htmlPage(body: string): Page {
  return { headers: HTML, body }
}

export function redirectPage(location: string, status: 301 | 302 = 301): Page {
  return {
    status,
    headers: { ...HTML, location },
    body: html('Moved', `<a href="${location}">${location}</a>`),
  }
}

export function errorPage(status: number, reason: string): Page {
  return { status, headers: HTML, body: html(`${status} ${reason}`, `<h1>${reason}</h1>`) }
}

/** A page as HTTP/1.1 bytes, for whoever answers in a server's place; `promisedBytes` may claim more than there is. */
export function asHttp1(page: Page, promisedBytes?: number): Buffer {
  const body = Buffer.from(page.body)
  const { status = 200, headers = {} } = page
  const lines = Object.entries({
    ...headers,
    'content-length': String(promisedBytes ?? body.length),
    connection: 'close',
  })
  const head = [
    `HTTP/1.1 ${status} ${status === 302 ? 'Found' : 'OK'}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}

/** A file of so many bytes, for whoever times them. */
export function bigFile(bytes: number): Page {
  return { headers: { 'content-type': 'application/octet-stream' }, body: Buffer.alloc(bytes, 'didbon') }
}

function html(title: string, content: string): string {
  return `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${title}</title></head>\n<body>\n${content}\n</body>\n</html>\n`
}
