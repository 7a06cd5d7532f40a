/** Options of the Companion adapter. */
export interface CompanionOptions {
  /** Where Companion runs, e.g. `https://companion.example.org`. Its `/s3` routes are used. */
  readonly url: string;
  /** Name for the person. Default: Companion's host. */
  readonly label?: string;
  /** Files from this size in bytes go up in parts. Default 100 MiB, as in Uppy. */
  readonly partsFrom?: number;
  /** Bytes of a part; S3 takes none below 5 MiB. Default 16 MiB, more where the file would have over 10,000 parts. */
  readonly partSize?: number;
  /** Fields of a file's own metadata that Companion is given. Default: none. */
  readonly metadataFields?: readonly string[];
  /** Milliseconds without a byte after which a request is taken for dead. Default 25,000. */
  readonly stallAfter?: number;
}
