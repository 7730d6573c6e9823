import cangke.knowledge.models.articles
import cangke.knowledge.models.scripts
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('customers', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(choices=cangke.knowledge.models.articles.category_choices, max_length=12, verbose_name='类别')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('title_en', models.CharField(blank=True, max_length=120, verbose_name='标题（英文）')),
                ('body', models.TextField(verbose_name='正文')),
                ('body_en', models.TextField(blank=True, verbose_name='正文（英文）')),
                ('number', models.PositiveIntegerField(default=1, verbose_name='版本号')),
                ('audience', models.CharField(choices=cangke.knowledge.models.articles.audience_choices, default='all', max_length=10, verbose_name='读者')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='生效')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='有效至')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('updated_at', models.DateTimeField(verbose_name='修改时间')),
                ('client', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.client', verbose_name='仅限仓储客户')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.department', verbose_name='部门')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='负责人')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team', verbose_name='组')),
            ],
            options={
                'verbose_name': '知识文章',
                'verbose_name_plural': '知识文章',
                'ordering': ['-updated_at'],
                'indexes': [models.Index(fields=['category', '-updated_at'], name='article_category')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('audience', 'team'), _negated=True), ('team__isnull', False), _connector='OR'), name='article_team_named'), models.CheckConstraint(condition=models.Q(models.Q(('audience', 'department'), _negated=True), ('department__isnull', False), _connector='OR'), name='article_department_named'), models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='article_period')],
            },
        ),
        migrations.CreateModel(
            name='ArticleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本号')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('title_en', models.CharField(blank=True, max_length=120, verbose_name='标题（英文）')),
                ('body', models.TextField(verbose_name='正文')),
                ('body_en', models.TextField(blank=True, verbose_name='正文（英文）')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='改动说明')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='knowledge.article')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '文章版本',
                'verbose_name_plural': '文章版本',
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('article', 'number'), name='article_version_number')],
            },
        ),
        migrations.CreateModel(
            name='ScriptFolder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=60, verbose_name='名称（英文）')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='次序')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='knowledge.scriptfolder', verbose_name='上级目录')),
            ],
            options={
                'verbose_name': '话术目录',
                'verbose_name_plural': '话术目录',
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('parent', 'name'), name='script_folder_name'), models.UniqueConstraint(condition=models.Q(('parent__isnull', True)), fields=('name',), name='script_folder_top')],
            },
        ),
        migrations.CreateModel(
            name='Script',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80, verbose_name='标题')),
                ('title_en', models.CharField(blank=True, max_length=80, verbose_name='标题（英文）')),
                ('body', models.TextField(verbose_name='内容')),
                ('body_en', models.TextField(blank=True, verbose_name='内容（英文）')),
                ('stage', models.CharField(choices=cangke.knowledge.models.scripts.stage_choices, default='all', max_length=10, verbose_name='阶段')),
                ('reach', models.CharField(choices=cangke.knowledge.models.scripts.reach_choices, default='me', max_length=4, verbose_name='范围')),
                ('shortcut', models.CharField(blank=True, max_length=12, verbose_name='快捷码')),
                ('placeholder', models.BooleanField(default=False, help_text='“稍等”一类：只请客户等待，不算真正的答复', verbose_name='占位回复')),
                ('state', models.CharField(choices=cangke.knowledge.models.scripts.script_state_choices, default='active', max_length=10, verbose_name='状态')),
                ('number', models.PositiveIntegerField(default=1, verbose_name='版本号')),
                ('uses', models.PositiveIntegerField(default=0, verbose_name='使用次数')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='最近使用')),
                ('review_note', models.CharField(blank=True, max_length=300, verbose_name='审核意见')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True, verbose_name='审核时间')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('updated_at', models.DateTimeField(verbose_name='修改时间')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='作者')),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='knowledge.script', verbose_name='拟替换')),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team', verbose_name='组')),
                ('folder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scripts', to='knowledge.scriptfolder', verbose_name='目录')),
            ],
            options={
                'verbose_name': '话术',
                'verbose_name_plural': '话术',
                'ordering': ['-uses', 'title', 'pk'],
                'indexes': [models.Index(fields=['state', 'reach', 'stage'], name='script_usable'), models.Index(fields=['owner', 'state'], name='script_of_owner')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('reach', 'all'), ('state', 'active'), models.Q(('shortcut', ''), _negated=True)), fields=('shortcut',), name='script_shortcut_all'), models.UniqueConstraint(condition=models.Q(('reach', 'team'), ('state', 'active'), models.Q(('shortcut', ''), _negated=True)), fields=('team', 'shortcut'), name='script_shortcut_team'), models.UniqueConstraint(condition=models.Q(('reach', 'me'), ('state', 'active'), models.Q(('shortcut', ''), _negated=True)), fields=('owner', 'shortcut'), name='script_shortcut_me'), models.CheckConstraint(condition=models.Q(models.Q(('reach', 'team'), _negated=True), ('team__isnull', False), _connector='OR'), name='script_team_named'), models.CheckConstraint(condition=models.Q(models.Q(('reach', 'me'), _negated=True), ('owner__isnull', False), _connector='OR'), name='script_owner_named')],
            },
        ),
        migrations.CreateModel(
            name='ScriptUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本号')),
                ('used_for', models.CharField(blank=True, max_length=80, verbose_name='用于')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('script', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='used', to='knowledge.script')),
            ],
            options={
                'verbose_name': '话术使用',
                'verbose_name_plural': '话术使用',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['script', '-at'], name='script_use_at'), models.Index(fields=['account', '-at'], name='script_use_of_account')],
            },
        ),
        migrations.CreateModel(
            name='ScriptVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本号')),
                ('title', models.CharField(max_length=80, verbose_name='标题')),
                ('title_en', models.CharField(blank=True, max_length=80, verbose_name='标题（英文）')),
                ('body', models.TextField(verbose_name='内容')),
                ('body_en', models.TextField(blank=True, verbose_name='内容（英文）')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='改动说明')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('script', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='knowledge.script')),
            ],
            options={
                'verbose_name': '话术版本',
                'verbose_name_plural': '话术版本',
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('script', 'number'), name='script_version_number')],
            },
        ),
    ]
