/**
 * A platform's stand-in for one browser test (or file). What it is started with, tells and can be asked is written in
 * `test/contract/stand-ins/<platform>.ts`.
 *
 *     const standIn = await StandIn.open<{ baseUrl: string }>('invenio', { quirks: { storage: 's3' } });
 *     … standIn.info.baseUrl … await standIn.call('stored', record, path) …
 *     await standIn.close();
 */
export class StandIn<Info> {
  readonly info: Info;
  readonly #control: string;

  private constructor(info: Info, control: string) {
    this.info = info;
    this.#control = control;
  }

  static async open<Info>(platform: string, options: object = {}): Promise<StandIn<Info>> {
    const { control } = (await ask('/__servers.json')) as { control: string };
    const opened = await ask(`${control}/stand-ins?platform=${platform}`, {
      method: 'POST',
      body: JSON.stringify(options),
    });
    const { info, control: own } = opened as { info: Info; control: string };
    return new StandIn(info, own);
  }

  /** Parameters and result travel as JSON. */
  async call<Result>(name: string, ...parameters: unknown[]): Promise<Result> {
    const body = JSON.stringify(parameters);
    return (await ask(`${this.#control}/call?name=${name}`, { method: 'POST', body })) as Result;
  }

  /** Ends it. Those left open end with the test run. */
  async close(): Promise<void> {
    await ask(this.#control, { method: 'DELETE' });
  }
}

async function ask(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${new URL(url, location.href).pathname}: ${await response.text()}`);
  return response.json();
}
