import { pick, seededRandom } from './random.js';

/** Reads of a sequencing run: four lines each, with falling quality towards the end as real ones have. */
export function fastq(reads: number, seed: number): Buffer {
  const random = seededRandom(seed);
  const lines: string[] = [];
  for (let read = 0; read < reads; read++) {
    let bases = '';
    let quality = '';
    for (let position = 0; position < 151; position++) {
      const unread = random() < 0.001;
      bases += unread ? 'N' : pick(random, ['A', 'C', 'G', 'T']);
      quality += String.fromCharCode(33 + (unread ? 2 : Math.round(40 - random() * position * 0.12)));
    }
    const tile = 1101 + (read % 96);
    lines.push(
      `@SIM:7:FC706VJ:1:${tile}:${1000 + read}:${2000 + read * 3} 1:N:0:ATCACG`,
      bases,
      '+',
      quality,
    );
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

const species = [
  'Parus major',
  'Turdus merula',
  'Erithacus rubecula',
  'Fringilla coelebs',
  'Sylvia atricapilla',
];
const sites = ['Nordufer', 'Auwald', 'Steinbruch', 'Große Wiese', 'Île du Milieu'];

/** A survey table; the sites hold umlauts and one comma in quotes, as tables do. */
export function csv(rows: number, seed: number): Buffer {
  const random = seededRandom(seed);
  const lines = ['id,date,site,species,count,temperature_c,note'];
  for (let row = 1; row <= rows; row++) {
    const day = new Date(Date.UTC(2025, 0, 1) + Math.floor(random() * 365) * 86_400_000);
    const note = random() < 0.05 ? '"rain, later sun"' : '';
    lines.push(
      [
        row,
        day.toISOString().slice(0, 10),
        pick(random, sites),
        pick(random, species),
        Math.floor(random() ** 3 * 40),
        (random() * 30 - 5).toFixed(1),
        note,
      ].join(','),
    );
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}
