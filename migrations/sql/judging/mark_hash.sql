-- One link of a sheet's hash chain: SHA-256 over the head before and the row's own content. api/judging/chain.py computes
-- the same bytes; a test holds both equal. The fields are joined by U+001F, which no input may contain. STABLE, not
-- IMMUTABLE: only so may PostgreSQL inline it, because concat_ws is STABLE; with these types the bytes depend on no setting.
CREATE FUNCTION mark_hash(head bytea, sheet uuid, seq integer, criterion text, rev integer, op_id uuid, state text, value numeric,
                          reasons text[], account uuid, entered_at timestamptz, received_at timestamptz)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(head || convert_to(concat_ws(E'\x1f', sheet, seq, criterion, rev, op_id, state,
        coalesce(trim_scale(value)::text, ''), array_to_string(reasons, E'\x1e'), account,
        (extract(epoch FROM entered_at) * 1000000)::bigint, (extract(epoch FROM received_at) * 1000000)::bigint), 'UTF8'))
$$;
