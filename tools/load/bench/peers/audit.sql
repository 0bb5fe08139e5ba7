-- Two ways to know in PostgreSQL who changed what: a trigger that writes every change into a table, and the same
-- with each row of that table bound to the one before it by a hash.
-- postgresql.py makes the tables that they watch.

CREATE TABLE trigger_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  relation text NOT NULL,
  operation text NOT NULL,
  old_row jsonb,
  new_row jsonb);

CREATE FUNCTION write_trigger_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trigger_audit (at, actor, relation, operation, old_row, new_row)
  VALUES (clock_timestamp(), session_user, TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW));
  RETURN NULL;
END $$;

-- For imports: one trigger a statement, over all the rows that it added.
CREATE FUNCTION write_statement_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trigger_audit (at, actor, relation, operation, new_row)
  SELECT clock_timestamp(), session_user, TG_TABLE_NAME, TG_OP, to_jsonb(added) FROM added;
  RETURN NULL;
END $$;

CREATE TABLE chain_audit (LIKE trigger_audit INCLUDING ALL, hash bytea NOT NULL);

-- A chain has one end: who adds to it must wait until the one before has committed. A row that holds the end, locked
-- and updated, was tried as well and is slower.
CREATE FUNCTION write_chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before bytea;
  now_at timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(1);
  SELECT hash INTO before FROM chain_audit ORDER BY id DESC LIMIT 1;
  now_at := clock_timestamp();
  INSERT INTO chain_audit (at, actor, relation, operation, old_row, new_row, hash)
  VALUES (now_at, session_user, TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW),
          sha256(coalesce(before, '') || convert_to(concat_ws('|', now_at, session_user, TG_TABLE_NAME, TG_OP,
                                                              to_jsonb(OLD), to_jsonb(NEW)), 'UTF8')));
  RETURN NULL;
END $$;
