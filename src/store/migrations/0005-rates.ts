/** 0005: how fast bytes came, beside the few measurements that timed them: detect/ folds it, so a replay must find it again. */
export const sql = `
  create table rates (
    seq integer primary key references measurement (seq) on delete cascade,
    body text not null -- JSON: Rates
  );
`
