/** What a migration is: the SQL that takes a library from the version before it to its own. */

export interface Migration {
  /** 1, 2, 3, ... without gaps. */
  readonly version: number;
  readonly sql: string;
}
