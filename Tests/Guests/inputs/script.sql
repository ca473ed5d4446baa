-- Creates, fills, indexes, queries, changes and checks a database file.
create table item (id integer primary key, name text not null, price real, data blob);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
insert into item select i, printf('item %05d', i * 7919 % 20011), i / 7.0, zeroblob(i % 50) from n;
create index by_name on item (name);
create table sale (item integer references item, day text, amount integer);
insert into sale select id % 5000 + 1, date('2020-01-01', '+' || (id % 365) || ' days'), id % 13 from item;
select count(*), sum(id), round(avg(price), 9), min(name), max(name) from item;
select name, price from item order by name desc limit 5;
select strftime('%m', day) as month, sum(amount * price) from sale join item on item.id = sale.item
group by month order by month;
begin;
update item set price = price * 2 where id % 3 = 0;
delete from item where id > 15000;
commit;
begin;
delete from item;
rollback;
select count(*), round(sum(price), 6) from item;
select name from item where name like 'item 0042%' order by name;
select upper('abc'), length(x'00ff'), hex(quote('it''s')), typeof(1e400), 9223372036854775807 + 1, 7 / 2, 7 % -3;
select group_concat(id) from (select id from item where name between 'item 00100' and 'item 00120' order by id);
with recursive f(a, b) as (select 0, 1 union all select b, a + b from f limit 50) select max(a) from f;
select name, rank() over (order by price desc) from item limit 3;
create view cheap as select * from item where price < 10;
select count(*) from cheap;
insert into item values (1, 'again', 0, null);
select replace(hex(zeroblob(4)), '0', 'z'), substr('unicode äöü', 9), instr('haystack', 'st'), round(-2.5), abs(-7.25);
pragma integrity_check;
vacuum;
pragma page_count;
