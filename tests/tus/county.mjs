// A county whose photos go to @tus/server: everything else is the real server's, behind it. Clients come over a line that breaks.
//   node county.mjs http://127.0.0.1:PORT FOLDER      prints one line with the address, and the counts when its input ends
import fs from 'node:fs'
import http from 'node:http'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'
import { counts, line } from './line.mjs'

const [url, folder] = process.argv.slice(2)
const probe = await fetch(`${url}/v1/probe`)
const name = probe.headers.get('sync-server')
const tus = new Server({ path: '/v1/blobs', datastore: new FileStore({ directory: folder }) })

// What is whole here, by the hash that its sender announced.
function stored() {
  return fs.readdirSync(folder).filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(fs.readFileSync(`${folder}/${file}`)))
    .filter((upload) => fs.statSync(`${folder}/${upload.id}`).size === upload.size)
    .map((upload) => upload.metadata.sha256)
}

function check(request, response) {
  let body = ''
  request.on('data', (data) => { body += data })
  request.on('end', () => {
    const here = stored()
    const asked = JSON.parse(body).sha256
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ have: asked.filter((n) => here.includes(n)), want: asked.filter((n) => !here.includes(n)), durable: [] }))
  })
}

function forward(request, response) {
  const on = http.request(url + request.url, { method: request.method, headers: { ...request.headers, connection: 'close' } }, (answer) => {
    // The line looks at the first request of a connection only.
    response.writeHead(answer.statusCode, { ...answer.headers, connection: 'close' })
    answer.pipe(response)
  })
  on.on('error', () => response.destroy())
  request.pipe(on)
}

const front = http.createServer((request, response) => {
  const path = request.url.split('?')[0]
  if (!path.startsWith('/v1/blobs')) return forward(request, response)
  response.setHeader('Sync-Server', name)
  response.setHeader('Connection', 'close')
  if (path === '/v1/blobs/check') {
    // One more than our own: bodies may be packed; this one asks for plain ones.
    if (request.headers['content-encoding']) { response.writeHead(415, { 'Content-Type': 'application/problem+json' }); return response.end('{"code":"type"}') }
    return check(request, response)
  }
  if (request.method === 'GET') return forward(request, response)
  response.setHeader('Content-Type', 'application/problem+json')
  tus.handle(request, response)
})
front.listen(0, '127.0.0.1', async () => {
  const broken = await line({ host: '127.0.0.1', port: front.address().port })
  console.log(`http://127.0.0.1:${broken.address().port}`)
})
process.stdin.on('end', () => { console.log(JSON.stringify(counts)); process.exit(0) })
process.stdin.resume()
