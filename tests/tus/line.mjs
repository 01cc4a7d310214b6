// A line that breaks at every chunk: a connection that carries a PATCH is cut by turns in the midst of its body, or after all of it, before the
// answer comes back; none goes through whole. Counts the body bytes that its client sent.
import net from 'node:net'

export const counts = { patches: 0, cuts: 0, bytes: 0, largest: 0 }

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
      const length = Number(/content-length: *(\d+)/i.exec(head.subarray(0, at).toString())?.[1] ?? 0)
      counts.largest = Math.max(counts.largest, length)
      const turn = counts.patches++ % 2
      if (turn === 0) left = at + 4 + Math.floor(length / 2)
      answer = turn !== 1
      counts.bytes += turn === 0 ? Math.floor(length / 2) : length
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
