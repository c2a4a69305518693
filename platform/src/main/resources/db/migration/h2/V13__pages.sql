-- Pages of texts and suites come from an index in the order of their lists.
create index corpus_page on corpus (user_id, id);
create index capability_suite_page on capability_suite (user_id, id);
