import { expect } from '@open-wc/testing';
import { TransferManager } from '../../src/transfer/manager.js';
import { FakeStorage } from './fake-storage.js';
import { textFile } from './harness.js';

describe('a path that was free a moment ago', () => {
  for (const [conflict, createOnly] of [
    ['ask', 'preferred'],
    ['skip', 'preferred'],
    ['skip-same', 'preferred'],
    ['fail', true],
    ['rename', true],
  ] as const) {
    it(`is asked for with createOnly ${createOnly} under ${conflict}, so that a form may be taken where it can`, async () => {
      const storage = new FakeStorage({ conditionalCreate: true });
      const { adapter } = storage;
      const asked: unknown[] = [];
      const manager = new TransferManager({
        adapter: {
          ...adapter,
          openUpload: (intent, callOptions) => {
            asked.push(intent.createOnly);
            return adapter.openUpload!(intent, callOptions);
          },
        },
      });
      await manager.upload([textFile('a.txt')], { conflict }).finished;
      expect(asked).to.deep.equal([createOnly]);
    });
  }
});
