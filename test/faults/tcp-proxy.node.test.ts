import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { createTcpProxy, FAIR_WEATHER, type TcpProxy } from './tcp-proxy.js';

let server: Server;
let proxy: TcpProxy;
const body = Buffer.alloc(200_000, 7);

before(async () => {
  server = createServer((request, response) => {
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
    });
    request.on('end', () => response.end(request.method === 'PUT' ? String(size) : body));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  proxy = await createTcpProxy({ port: (server.address() as AddressInfo).port });
});
after(async () => {
  await proxy.close();
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});
afterEach(() => proxy.change(FAIR_WEATHER));

const ask = (init?: RequestInit) =>
  fetch(`http://127.0.0.1:${proxy.port}/`, { ...init, signal: init?.signal ?? AbortSignal.timeout(10_000) });

test('passes requests and answers', async () => {
  const answer = await ask();
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), body);
  assert.equal(await (await ask({ method: 'PUT', body })).text(), '200000');
});

test('refuses, and is back on the same port', async () => {
  await proxy.change({ mode: 'refuse' });
  await assert.rejects(ask(), TypeError);
  assert.equal(proxy.connections, 0);
  await proxy.change({ mode: 'pass' });
  assert.equal((await ask()).status, 200);
});

test('swallows what is sent until it passes again', async () => {
  await proxy.change({ mode: 'black-hole' });
  await assert.rejects(ask({ signal: AbortSignal.timeout(300) }), { name: 'TimeoutError' });
  const later = ask({ method: 'PUT', body });
  await proxy.change({ mode: 'pass' });
  assert.equal(await (await later).text(), '200000');
});

test('cuts after so many bytes, either way', async () => {
  await proxy.change({ resetAfterBytesUp: 50_000 });
  await assert.rejects(ask({ method: 'PUT', body }), TypeError);
  await proxy.change({ resetAfterBytesUp: 0, resetAfterBytesDown: 50_000 });
  await assert.rejects(ask().then(answer => answer.arrayBuffer()));
});

test('cuts what is open now', async () => {
  await proxy.change({ bytesPerSecond: 20_000 });
  const answer = await ask();
  proxy.reset();
  await assert.rejects(answer.arrayBuffer(), TypeError);
});
