/** How the contract suite makes a stand-in answer what it wants, in a page and in Node. */
import type { ApiFaults, KnownToken } from '../../demo/server/platforms/shared/index.js';
import type { StandIn } from '../tools/stand-in.js';
import type { AdapterUnderTest } from './describe-adapter.js';

type Answers = Required<Pick<AdapterUnderTest, 'answerNext' | 'endTokens'>>;

/** From a page, through the control of the stand-in. */
export function answersOf<Info>(standIn: StandIn<Info>): Answers {
  return {
    answerNext: (status, headers) => standIn.call('failNext', { status, ...(headers ? { headers } : {}) }),
    endTokens: async () => {
      await standIn.call('renewToken');
    },
  };
}

/** In Node, where the stand-in runs in the same process. */
export function answersOfServer(faults: Pick<ApiFaults, 'failNext'>, tokens: readonly KnownToken[]): Answers {
  return {
    async answerNext(status, headers) {
      faults.failNext({ status, ...(headers ? { headers: { ...headers } } : {}) });
    },
    async endTokens() {
      for (const known of tokens) known.expiresAt = 1;
    },
  };
}
