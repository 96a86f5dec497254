/** With which keys servers were started on this database, each by an id that says nothing about it: who comes with another one is told. */
export const serverKeys = [`create table server_keys (name text primary key, key_id text not null)`];
