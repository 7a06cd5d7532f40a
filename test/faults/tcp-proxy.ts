import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What a network may do to a connection. Everything may be changed while connections are open. */
export interface ProxyWeather {
  /**
   * `pass` forwards; `refuse` takes no connection (the port is closed, as when a server is down); `black-hole` takes
   * connections and lets nothing through in either direction, as when a cable is pulled behind a router.
   */
  mode: 'pass' | 'refuse' | 'black-hole';
  /** Milliseconds that bytes wait in each direction. */
  latency: number;
  /** Bytes a second of each connection and direction; 0 is unlimited. */
  bytesPerSecond: number;
  /** Each connection is reset after so many bytes from the client; 0 is never. */
  resetAfterBytesUp: number;
  /** Each connection is reset after so many bytes to the client; 0 is never. */
  resetAfterBytesDown: number;
}

export const FAIR_WEATHER: Readonly<ProxyWeather> = {
  mode: 'pass',
  latency: 0,
  bytesPerSecond: 0,
  resetAfterBytesUp: 0,
  resetAfterBytesDown: 0,
};

export interface TcpProxy {
  /** Stays the same while connections are refused. */
  readonly port: number;
  /** Connections open now. */
  readonly connections: number;
  /** Bytes of clients that were passed on, in all. */
  readonly bytesUp: number;
  readonly weather: Readonly<ProxyWeather>;
  change(weather: Partial<ProxyWeather>): Promise<void>;
  /** Cuts every open connection with a TCP reset; new ones are taken as before. */
  reset(): void;
  close(): Promise<void>;
}

/** A TCP proxy on loopback whose weather a test commands: what a server's own switches cannot do to a connection. */
export async function createTcpProxy(target: {
  readonly port: number;
  readonly host?: string;
}): Promise<TcpProxy> {
  const weather: ProxyWeather = { ...FAIR_WEATHER };
  const pairs = new Set<readonly [Socket, Socket]>();
  const changed = new EventTarget();
  let bytesUp = 0;

  const untilChange = (socket: Socket): Promise<void> =>
    new Promise(resolve => {
      const done = (): void => {
        changed.removeEventListener('change', done);
        socket.off('close', done);
        resolve();
      };
      changed.addEventListener('change', done);
      socket.once('close', done);
    });

  async function forward(
    from: Socket,
    to: Socket,
    limit: () => number,
    cut: () => void,
    count?: (bytes: number) => void,
  ): Promise<void> {
    let passed = 0;
    for await (const chunk of from as AsyncIterable<Buffer>) {
      let rest = chunk;
      while (rest.length > 0) {
        while (weather.mode === 'black-hole' && !to.destroyed) await untilChange(to);
        if (to.destroyed) return;
        const { latency, bytesPerSecond } = weather;
        if (latency > 0) await delay(latency, undefined, { ref: false });
        const most = limit() > 0 ? Math.max(0, limit() - passed) : Number.POSITIVE_INFINITY;
        const piece = rest.subarray(
          0,
          Math.min(most, bytesPerSecond > 0 ? Math.ceil(bytesPerSecond / 20) : rest.length),
        );
        if (piece.length > 0 && !to.write(piece)) {
          await new Promise<void>(resolve => {
            const done = (): void => {
              to.off('drain', done);
              to.off('close', done);
              resolve();
            };
            to.once('drain', done);
            to.once('close', done);
          });
        }
        passed += piece.length;
        count?.(piece.length);
        rest = rest.subarray(piece.length);
        if (limit() > 0 && passed >= limit()) return cut();
        if (bytesPerSecond > 0) {
          await delay((piece.length / bytesPerSecond) * 1_000, undefined, { ref: false });
        }
      }
    }
    if (!to.destroyed) to.end();
  }

  function accept(client: Socket): void {
    const server = connect({ port: target.port, host: target.host ?? '127.0.0.1' });
    client.setNoDelay();
    server.setNoDelay();
    const pair = [client, server] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    const cut = (): void => {
      client.resetAndDestroy();
      end();
    };
    for (const socket of pair) {
      socket.on('error', end);
      socket.on('close', end);
    }
    void forward(
      client,
      server,
      () => weather.resetAfterBytesUp,
      cut,
      bytes => {
        bytesUp += bytes;
      },
    ).catch(end);
    void forward(server, client, () => weather.resetAfterBytesDown, cut).catch(end);
  }

  const listen = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true }, accept);
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve(server));
    });
  const stop = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()));

  let listener: Server | undefined = await listen(0);
  const { port } = listener.address() as AddressInfo;

  function reset(): void {
    for (const [client, server] of [...pairs]) {
      client.resetAndDestroy();
      server.destroy();
    }
    pairs.clear();
  }

  return {
    port,
    get bytesUp() {
      return bytesUp;
    },
    get connections() {
      return pairs.size;
    },
    weather,
    async change(next) {
      Object.assign(weather, next);
      changed.dispatchEvent(new Event('change'));
      if (weather.mode === 'refuse') {
        reset();
        const closing = listener;
        listener = undefined;
        if (closing) await stop(closing);
      } else {
        listener ??= await listen(port);
      }
    },
    reset,
    async close() {
      const closing = listener;
      listener = undefined;
      reset();
      changed.dispatchEvent(new Event('change'));
      if (closing) await stop(closing);
    },
  };
}
