import cangke.knowledge.models.articles
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('knowledge', '0002_append_only'),
        ('people', '0002_term_pay'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChangeNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('title_en', models.CharField(blank=True, max_length=120, verbose_name='标题（英文）')),
                ('body', models.TextField(verbose_name='正文')),
                ('body_en', models.TextField(blank=True, verbose_name='正文（英文）')),
                ('audience', models.CharField(choices=cangke.knowledge.models.articles.audience_choices, default='all', max_length=10, verbose_name='读者')),
                ('blocks', models.BooleanField(default=False, verbose_name='没确认不能上线接待')),
                ('due_date', models.DateField(blank=True, null=True, verbose_name='请在此日前读完')),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='撤下时间')),
                ('withdrawn_because', models.CharField(blank=True, max_length=200, verbose_name='撤下原因')),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.article', verbose_name='详见文章')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.department', verbose_name='部门')),
                ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team', verbose_name='组')),
            ],
            options={
                'verbose_name': '业务变化通知',
                'verbose_name_plural': '业务变化通知',
                'ordering': ['-published_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['-published_at'], name='change_in_force')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('audience', 'team'), _negated=True), ('team__isnull', False), _connector='OR'), name='change_team_named'), models.CheckConstraint(condition=models.Q(models.Q(('audience', 'department'), _negated=True), ('department__isnull', False), _connector='OR'), name='change_department_named')],
            },
        ),
        migrations.CreateModel(
            name='ChangeReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('confirmed_at', models.DateTimeField(verbose_name='确认时间')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='knowledge.changenotice')),
            ],
            options={
                'verbose_name': '阅读确认',
                'verbose_name_plural': '阅读确认',
                'ordering': ['confirmed_at'],
                'constraints': [models.UniqueConstraint(fields=('notice', 'account'), name='change_read_once')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(verbose_name='提出时间')),
                ('text', models.TextField(verbose_name='疑问')),
                ('about', models.CharField(blank=True, max_length=120, verbose_name='关于')),
                ('answer', models.TextField(blank=True, verbose_name='答案')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='解答时间')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='解答人')),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='knowledge.article', verbose_name='知识文章')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
            ],
            options={
                'verbose_name': '疑问',
                'verbose_name_plural': '疑问记录',
                'ordering': ['-asked_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['-asked_at'], name='question_open'), models.Index(fields=['asked_by', '-asked_at'], name='question_of_somebody')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='question_answered_whole')],
            },
        ),
    ]
