import type { DownloadRecord } from './kept-downloads.js';

async function isSamePlace(one: DownloadRecord['to'], other: DownloadRecord['to']): Promise<boolean> {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  return one.isSameEntry(other);
}

/** Whether both were asked for in the same way, into the same place. */
export async function isSameDownload(one: DownloadRecord, other: DownloadRecord): Promise<boolean> {
  const asWords = ({ storage, asked, options }: DownloadRecord): string => {
    // What is switched off is as good as not mentioned.
    const wishes = Object.entries(options).filter(([, wish]) => wish !== undefined && wish !== false);
    return JSON.stringify([storage, asked, wishes.sort()]);
  };
  return asWords(one) === asWords(other) && (await isSamePlace(one.to, other.to));
}
