-- Rows of the journal are written once and read whole, so what fits a page stays in it as it is,
-- instead of being compressed or put elsewhere from 2 kB on.
DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('ALTER TABLE journal_%s SET (toast_tuple_target = 8160)',
            lpad(part::text, 2, '0'));
    END LOOP;
END
$$;
