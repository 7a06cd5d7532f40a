import { expect } from '@open-wc/testing';
import { multipartBody } from '../../src/transfer/multipart.js';

const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);

/** What the browser itself reads from such a body. */
async function parsed(body: { contentType: string; bytes: Uint8Array<ArrayBuffer> }): Promise<FormData> {
  return new Response(body.bytes, { headers: { 'content-type': body.contentType } }).formData();
}

describe('a multipart body made of bytes', () => {
  it('is read as the fields and the file it was made of', async () => {
    const fields = [
      ['key', 'runs/ä ö/😀 "quoted".txt'],
      ['policy', 'eyJ9\r\n--not a boundary--'],
      ['empty', ''],
    ] as const;
    const form = await parsed(
      multipartBody(fields, { field: 'file', name: 'Grüße 😀.bin', type: 'image/png', bytes }),
    );
    expect([...form.keys()]).to.deep.equal(['key', 'policy', 'empty', 'file']);
    for (const [name, value] of fields) expect(form.get(name)).to.equal(value);
    const file = form.get('file') as File;
    expect([file.name, file.type, file.size]).to.deep.equal(['Grüße 😀.bin', 'image/png', 300]);
    expect(new Uint8Array(await file.arrayBuffer())).to.deep.equal(bytes);
  });

  it('is byte for byte what the browser writes, hostile names and all', async () => {
    const fields = [
      ['a"b', 'one\ntwo\rthree\r\nfour'],
      ['c\r\nContent-Type: text/html', 'x'],
    ] as const;
    const name = 'e"v\r\nil\n%22.txt';
    const form = new FormData();
    for (const [field, value] of fields) form.append(field, value);
    form.append('file', new File([bytes], name, { type: 'text/plain' }), name);
    const theirs = new Response(form);
    const theirBoundary = theirs.headers.get('content-type')!.split('boundary=')[1]!;
    const ours = multipartBody(fields, { field: 'file', name, type: 'text/plain', bytes });
    const ourBoundary = ours.contentType.split('boundary=')[1]!;
    const latin = new TextDecoder('latin1');
    expect(latin.decode(ours.bytes).replaceAll(ourBoundary, '|')).to.equal(
      latin.decode(await theirs.arrayBuffer()).replaceAll(theirBoundary, '|'),
    );
  });

  it('takes no line break from a type', async () => {
    const file = { field: 'f', name: 'n', type: 'text/plain\r\nX: y\r\n\r\n', bytes };
    const stored = (await parsed(multipartBody([], file))).get('f') as File;
    expect([stored.type, stored.size]).to.deep.equal(['application/octet-stream', 300]);
  });

  it('has another boundary each time, and calls a file without a type binary', async () => {
    const file = { field: 'f', name: 'n', type: '', bytes };
    const [one, other] = [multipartBody([], file), multipartBody([], file)];
    expect(one.contentType).not.to.equal(other.contentType);
    expect(((await parsed(one)).get('f') as File).type).to.equal('application/octet-stream');
  });
});
