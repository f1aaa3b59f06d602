/** 0003: where each vantage was, so that outages of one that is configured no more can still be placed. */
export const sql = `
  create table vantage_facts (
    id text primary key,
    role text not null,
    country text not null,
    asn bigint -- null: not said
  );
`
