CREATE TABLE integrations (name text, token text);
INSERT INTO integrations VALUES ('jira', NULL);
INSERT INTO integrations VALUES ('gitlab', '@GITLAB_DUMP@');
