// A line that breaks at every chunk: a connection that carries a PATCH is cut by turns before the first byte of its body, after it, in the midst, before
// the last byte, and after all of it, before the answer comes back; none goes through whole. Counts the body bytes that passed, and how much of them is
// sent again after each cut.
import net from 'node:net'

const places = {
  start: () => 0,
  first: () => 1,
  midst: (length) => Math.floor(length / 2),
  last: (length) => length - 1,
  answer: (length) => length,
}
const names = Object.keys(places)

// at: for each place of a cut, the offsets of the chunks that were cut there.
export const counts = { patches: 0, cuts: 0, bytes: 0, largest: 0, again: 0, worst: 0, at: Object.fromEntries(names.map((name) => [name, []])) }

const reached = new Map() // upload → where the last chunk was cut

function cutOf(head) {
  const path = head.split(' ')[1]
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
  const offset = Number(/^upload-offset: *(\d+)/im.exec(head)?.[1] ?? 0)
  const name = names[counts.patches % names.length]
  const passed = Math.min(places[name](length), length)
  const again = reached.has(path) ? reached.get(path) - offset : 0

  counts.patches++
  counts.bytes += passed
  counts.again += again
  counts.worst = Math.max(counts.worst, again)
  counts.largest = Math.max(counts.largest, length)
  counts.at[name].push(offset)
  reached.set(path, offset + passed)
  return { passed, whole: passed === length }
}

function carry(client, target) {
  const server = net.connect(target)
  let head = Buffer.alloc(0)
  let begun = false
  let left = Infinity // bytes that still pass
  let answer = true

  const end = () => { client.destroy(); server.destroy() }
  const pass = (data) => {
    const part = data.subarray(0, Math.min(data.length, left))
    left -= part.length
    server.write(part)
    if (left <= 0) { counts.cuts++; server.end(); end() }
  }
  const begin = () => {
    const at = head.indexOf('\r\n\r\n')
    if (at < 0) return
    begun = true
    if (head.subarray(0, 6).toString() === 'PATCH ') {
      const cut = cutOf(head.subarray(0, at).toString())
      answer = !cut.whole
      if (!cut.whole) left = at + 4 + cut.passed
    }
    pass(head)
  }
  client.on('data', (data) => {
    if (begun) return pass(data)
    head = Buffer.concat([head, data])
    begin()
  })
  server.on('data', (data) => {
    if (answer) return client.write(data)
    counts.cuts++
    end()
  })
  for (const [a, b] of [[client, server], [server, client]]) {
    a.on('error', end)
    a.on('end', () => b.end())
    a.on('close', () => b.destroy())
  }
}

export function line(target) {
  return new Promise((ready) => {
    const listener = net.createServer((client) => carry(client, target))
    listener.listen(0, '127.0.0.1', () => ready(listener))
  })
}
