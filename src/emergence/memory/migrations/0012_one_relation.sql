-- Who is close to somebody has one name, whatever the language it was said in (store/relations.py).
-- only adds: programs of both versions read any name
ALTER TABLE facts NO FORCE ROW LEVEL SECURITY;
-- only adds: programs of both versions read any name
WITH one (word, relation) AS (
    VALUES ('soeur', 'sister'), ('frere', 'brother'), ('fils', 'son'), ('fille', 'daughter'), ('tante', 'aunt'),
        ('oncle', 'uncle'), ('cousine', 'cousin'), ('neveu', 'nephew'), ('enfant', 'child'),
        ('petit-enfant', 'grandchild'), ('chien', 'dog'), ('chienne', 'dog'), ('puppy', 'dog'), ('chiot', 'dog'),
        ('chat', 'cat'), ('chatte', 'cat'), ('kitten', 'cat'), ('chaton', 'cat'), ('cheval', 'horse'),
        ('lapin', 'rabbit'), ('perroquet', 'parrot'), ('roommate', 'flatmate'), ('colocataire', 'flatmate'),
        ('coloc', 'flatmate'), ('mum', 'mother'), ('mom', 'mother'), ('maman', 'mother'), ('mere', 'mother'),
        ('dad', 'father'), ('papa', 'father'), ('pere', 'father'), ('grandma', 'grandmother'),
        ('grand-mere', 'grandmother'), ('grandpa', 'grandfather'), ('grand-pere', 'grandfather'),
        ('meilleur_ami', 'best_friend'), ('meilleure_amie', 'best_friend'), ('patron', 'boss'), ('patronne', 'boss')
)
UPDATE facts SET
    predicate = coalesce((SELECT relation FROM one WHERE word = predicate AND subject = 'user'), predicate),
    subject = coalesce((SELECT relation FROM one WHERE word = subject), subject)
WHERE predicate IN (SELECT word FROM one) AND subject = 'user' OR subject IN (SELECT word FROM one);
-- only adds: as it was before
ALTER TABLE facts FORCE ROW LEVEL SECURITY;
