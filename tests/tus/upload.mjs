// tus-js-client sends one file to a Zoufang server over a line that breaks.
//   node upload.mjs http://127.0.0.1:PORT TOKEN FILE CHUNK
import crypto from 'node:crypto'
import fs from 'node:fs'
import * as tus from 'tus-js-client'
import { counts, line } from './line.mjs'

const [url, token, path, chunk] = process.argv.slice(2)
const data = fs.readFileSync(path)
const sha256 = crypto.createHash('sha256').update(data).digest('hex')
const broken = await line({ host: '127.0.0.1', port: Number(new URL(url).port) })

const upload = new tus.Upload(data, {
  endpoint: `http://127.0.0.1:${broken.address().port}/v1/blobs`,
  headers: { Authorization: `Bearer ${token}` },
  metadata: { sha256, photo: 'x' },
  chunkSize: Number(chunk),
  retryDelays: Array(1000).fill(0),
  onError (error) { console.error(String(error)); process.exit(1) },
  onSuccess () {
    console.log(JSON.stringify({ ...counts, sha256, size: data.length, url: upload.url }))
    process.exit(0)
  },
})
upload.start()
