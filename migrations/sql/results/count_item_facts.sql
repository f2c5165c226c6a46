-- How many facts an item's standing is made from. It grows with every one of them, so that a snapshot knows cheaply whether it
-- is still the latest.
CREATE FUNCTION count_item_facts(p_season uuid, p_item uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT sum(seq) FROM sheet WHERE item_id = p_item), 0)::bigint
         + (SELECT count(*) FROM theory_mark WHERE season_id = p_season AND item_id = p_item)
         + (SELECT count(*) FROM tie_decision WHERE item_id = p_item)
         + (SELECT count(*) FROM entry_standing_change c JOIN entry e ON e.id = c.entry_id WHERE e.item_id = p_item)
         + (SELECT count(*) FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id WHERE a.item_id = p_item)
         + (SELECT count(*) FROM entry_transition t JOIN entry e ON e.id = t.entry_id
            WHERE e.item_id = p_item AND 'accepted' IN (t.from_state, t.to_state))
$$;
