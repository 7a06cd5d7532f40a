/** `reads.tar.gz` → stem `reads`, ending `.tar.gz`: a number belongs before all of it. */
const doubleEnding = /\.(tar\.(gz|bz2|xz|zst)|nii\.gz|fastq\.gz|fq\.gz|vcf\.gz|ome\.tiff?)$/i;

function split(name: string): { stem: string; ending: string } {
  const double = doubleEnding.exec(name);
  const dot = double ? double.index : name.lastIndexOf('.');
  return dot > 0 ? { stem: name.slice(0, dot), ending: name.slice(dot) } : { stem: name, ending: '' };
}

/** The `number`th name to try for a file whose own name is taken: `reads (2).bam`. A number it has is counted on. */
export function numberedPath(path: string, number: number): string {
  const slash = path.lastIndexOf('/') + 1;
  const { stem, ending } = split(path.slice(slash));
  return `${path.slice(0, slash)}${stem} (${number})${ending}`;
}
