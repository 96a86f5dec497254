/** The order of words within a generation, and who may publish them. */
export const durability = [
  `alter table specs add column sequence int not null default 0`,
  `create table relay_lease (id int primary key check (id = 1), holder text not null, until timestamptz not null, session_pid int not null, session_start timestamptz)`,
];
